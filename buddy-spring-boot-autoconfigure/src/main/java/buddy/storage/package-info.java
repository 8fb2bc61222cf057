/**
 * What a store of sessions and runs implements, and what it is given: the repository, its
 * rows, and a store in memory.
 */
@NullMarked
package buddy.storage;

import org.jspecify.annotations.NullMarked;
