package buddy.workflow.internal.live;

import org.jspecify.annotations.Nullable;

import buddy.run.internal.CancellationSource;
import buddy.storage.StoredRun;

/**
 * A run that a call continues instead of beginning one.
 *
 * @param run the run as it was seen
 * @param recovery whether it is continued by itself since its process died, which counts
 * @param retry whether what has failed is tried again, in nested runs too
 * @param verification stops the comparison if the run's code is only compared with what
 * is recorded, or {@code null} if the run goes on
 */
public record ContinuedRun(StoredRun run, boolean recovery, boolean retry, @Nullable CancellationSource verification) {

	/** Returns whether its code is only compared with what is recorded. */
	public boolean verifying() {
		return this.verification != null;
	}

}
