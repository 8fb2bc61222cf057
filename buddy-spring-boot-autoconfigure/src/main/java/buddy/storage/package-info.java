/**
 * The SPI for stores of sessions and runs: the repository, its rows, and an in-memory
 * store.
 */
@NullMarked
package buddy.storage;

import org.jspecify.annotations.NullMarked;
