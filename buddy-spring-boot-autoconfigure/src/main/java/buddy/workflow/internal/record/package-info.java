/**
 * What is recorded of a run: its content, what its agents exchanged, and its end.
 */
@NullMarked
package buddy.workflow.internal.record;

import org.jspecify.annotations.NullMarked;
