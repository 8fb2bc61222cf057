/**
 * One run from its begin to its end: its session, its branches and its events.
 */
@NullMarked
package buddy.workflow.internal.execution;

import org.jspecify.annotations.NullMarked;
