/**
 * Keeps results as JSON lines and renders them.
 */
@NullMarked
package benchmarks.report;

import org.jspecify.annotations.NullMarked;
