/**
 * The runs of this process that have not ended, and what ends them from outside.
 */
@NullMarked
package buddy.workflow.internal.live;

import org.jspecify.annotations.NullMarked;
