/**
 * Runs through buddy, and the same rows by plain JDBC.
 */
@NullMarked
package benchmarks.run;

import org.jspecify.annotations.NullMarked;
