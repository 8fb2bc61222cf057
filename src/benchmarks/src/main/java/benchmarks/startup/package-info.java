/**
 * The start-up of one application with and without the starter.
 */
@NullMarked
package benchmarks.startup;

import org.jspecify.annotations.NullMarked;
