/**
 * The unfinished runs of this process, and how they are ended from outside.
 */
@NullMarked
package buddy.workflow.internal.live;

import org.jspecify.annotations.NullMarked;
