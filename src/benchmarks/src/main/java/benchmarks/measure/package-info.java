/**
 * Interleaves subjects in one JVM and draws statistics from their ratios.
 */
@NullMarked
package benchmarks.measure;

import org.jspecify.annotations.NullMarked;
