/**
 * Events that are stored and sent to clients, beside what a hand-written application
 * would do.
 */
@NullMarked
package benchmarks.stream;

import org.jspecify.annotations.NullMarked;
