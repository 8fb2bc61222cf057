package buddy.workflow.internal.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import buddy.storage.RunOwners.OwnRun;

/**
 * Finds runs that the store takes for runs of this process, and that it does not execute:
 * that it has taken them was stored, and the answer to that was lost.
 */
final class StrayRuns {

	private final long patienceNanos;

	private final LongSupplier nanoTime;

	private final Map<String, Long> seenSince = new HashMap<>();

	private volatile long expectedUntil;

	StrayRuns(long patienceNanos, LongSupplier nanoTime) {
		this.patienceNanos = patienceNanos;
		this.nanoTime = nanoTime;
		this.expectedUntil = nanoTime.getAsLong();
	}

	/** There may be one soon: this process does not know whether it has taken a run. */
	void expect() {
		this.expectedUntil = this.nanoTime.getAsLong() + 2 * this.patienceNanos;
	}

	/** Whether to look, though this process executes no run. */
	boolean areExpected() {
		return this.nanoTime.getAsLong() - this.expectedUntil < 0;
	}

	/**
	 * Looks at the runs of this process as they are stored.
	 * @param stored the runs
	 * @param known whether this process executes a run, or has still to write of it
	 * @return those that have been strays for so long that they are none by chance
	 */
	List<OwnRun> among(List<OwnRun> stored, Predicate<OwnRun> known) {
		long now = this.nanoTime.getAsLong();
		List<OwnRun> strays = stored.stream().filter(known.negate()).toList();
		this.seenSince.keySet().retainAll(strays.stream().map(StrayRuns::key).toList());
		if (!strays.isEmpty()) {
			expect();
		}
		strays.forEach((run) -> this.seenSince.putIfAbsent(key(run), now));
		return strays.stream()
			.filter((run) -> now - this.seenSince.getOrDefault(key(run), now) >= this.patienceNanos)
			.toList();
	}

	private static String key(OwnRun run) {
		return run.runId() + " " + run.epoch();
	}

}
