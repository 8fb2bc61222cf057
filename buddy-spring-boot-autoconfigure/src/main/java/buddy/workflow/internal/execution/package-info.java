/**
 * The execution of a run from beginning to end: its session, its branches and its events.
 */
@NullMarked
package buddy.workflow.internal.execution;

import org.jspecify.annotations.NullMarked;
