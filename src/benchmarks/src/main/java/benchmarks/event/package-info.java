/**
 * Streamed runs in process, and the same events without buddy.
 */
@NullMarked
package benchmarks.event;

import org.jspecify.annotations.NullMarked;
