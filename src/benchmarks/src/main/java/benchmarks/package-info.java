/**
 * Measures what a run costs beside plain JDBC; {@link benchmarks.Benchmarks} is the
 * command.
 */
@NullMarked
package benchmarks;

import org.jspecify.annotations.NullMarked;
