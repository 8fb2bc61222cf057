/**
 * Adapters for the types that run() may return, which decide when a run ends.
 */
@NullMarked
package buddy.workflow.internal.result;

import org.jspecify.annotations.NullMarked;
