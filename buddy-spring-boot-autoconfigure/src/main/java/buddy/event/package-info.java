/**
 * The events of runs: stored in batches while a run goes on, and followed from the store
 * and live.
 */
@NullMarked
package buddy.event;

import org.jspecify.annotations.NullMarked;
