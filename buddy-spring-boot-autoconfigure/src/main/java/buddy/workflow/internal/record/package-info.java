/**
 * The recording of a run: its content, the exchanges of its agents, and its end.
 */
@NullMarked
package buddy.workflow.internal.record;

import org.jspecify.annotations.NullMarked;
