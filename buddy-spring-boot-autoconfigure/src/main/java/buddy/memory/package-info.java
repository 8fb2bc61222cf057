/**
 * What a workflow remembers over runs, and how much of it.
 */
@NullMarked
package buddy.memory;

import org.jspecify.annotations.NullMarked;
