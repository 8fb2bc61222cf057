/**
 * What is too slow for every report.
 */
@NullMarked
package benchmarks.nightly;

import org.jspecify.annotations.NullMarked;
