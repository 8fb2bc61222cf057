package buddy.workflow.internal.live;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.durable.internal.WaitCall;
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
 * @param probe is given a question that is reached, or {@code null}
 * @param first whether the run was queued, and this is its first execution
 */
public record ContinuedRun(StoredRun run, boolean recovery, boolean retry, @Nullable CancellationSource verification,
		@Nullable Probe probe, boolean first) {

	/**
	 * Creates a run that is continued, or compared with what is recorded.
	 * @param run the run as it was seen
	 * @param recovery whether it is continued by itself since its process died
	 * @param retry whether what has failed is tried again
	 * @param verification stops the comparison, or {@code null} if the run goes on
	 */
	public ContinuedRun(StoredRun run, boolean recovery, boolean retry, @Nullable CancellationSource verification) {
		this(run, recovery, retry, verification, null, false);
	}

	/**
	 * Creates a run that is compared with what is recorded, up to a question.
	 * @param run the run as it was seen
	 * @param verification stops the comparison
	 * @param probe is given the question
	 */
	public ContinuedRun(StoredRun run, CancellationSource verification, Probe probe) {
		this(run, false, false, verification, probe, false);
	}

	/**
	 * Returns a run that was queued, for its first execution.
	 * @param run the run as it was seen
	 */
	public static ContinuedRun queued(StoredRun run) {
		return new ContinuedRun(run, false, false, null, null, true);
	}

	/** Returns whether its code is only compared with what is recorded. */
	public boolean verifying() {
		return this.verification != null;
	}

	/**
	 * Looks at a question that still waits.
	 *
	 * @param key the key of the question
	 * @param look is given the question
	 */
	public record Probe(String key, Consumer<WaitCall> look) {
	}

}
