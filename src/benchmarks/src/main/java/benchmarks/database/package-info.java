/**
 * The databases on which runs are measured, and what they say of themselves.
 */
@NullMarked
package benchmarks.database;

import org.jspecify.annotations.NullMarked;
