/**
 * What a queued run costs beside a task of db-scheduler.
 */
@NullMarked
package benchmarks.queue;

import org.jspecify.annotations.NullMarked;
