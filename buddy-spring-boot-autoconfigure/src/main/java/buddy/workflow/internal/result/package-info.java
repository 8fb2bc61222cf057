/**
 * The shapes that run() may return, and when a run of each ends.
 */
@NullMarked
package buddy.workflow.internal.result;

import org.jspecify.annotations.NullMarked;
