package buddy.durable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Deletes the recorded steps of runs that ended, by their age. Such runs stay, but cannot
 * be resumed, retried or forked any more.
 */
public final class StepRetention {

	private final Supplier<@Nullable RunJournal> journal;

	private final Duration age;

	private final int batchSize;

	private volatile boolean stopped;

	/**
	 * Creates the retention of a journal.
	 * @param journal supplies the journal, or {@code null} if there is none
	 * @param age how long the steps of an ended run are kept, counted from its beginning;
	 * 0 keeps everything
	 * @param batchSize the number of runs that are looked for at once
	 */
	public StepRetention(Supplier<@Nullable RunJournal> journal, Duration age, int batchSize) {
		if (age.isNegative()) {
			throw new IllegalArgumentException("'buddy.retention.step-age' must not be negative; 0 keeps everything");
		}
		this.journal = journal;
		this.age = age;
		this.batchSize = batchSize;
	}

	/**
	 * Returns whether anything is ever deleted.
	 * @return whether the age is not zero
	 */
	public boolean deletes() {
		return !this.age.isZero();
	}

	/**
	 * Deletes what is old at a given time, in short transactions.
	 * @param time the time by which ages are counted
	 * @return the number of deleted steps
	 */
	public long sweep(Instant time) {
		RunJournal steps = deletes() ? this.journal.get() : null;
		if (steps == null) {
			return 0;
		}
		long before = time.toEpochMilli() - this.age.toMillis();
		long all = 0;
		String last = null;
		boolean more = true;
		while (more) {
			List<String> runs = steps.runsWithSteps(before, last, this.batchSize);
			for (String run : runs) {
				if (this.stopped) {
					return all;
				}
				all += steps.deleteSteps(run, before, time.toEpochMilli());
				last = run;
			}
			more = runs.size() == this.batchSize;
		}
		return all;
	}

	/**
	 * Stops a sweep in progress after its current run, and prevents others.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Allows sweeps again after {@link #stop()}.
	 */
	public void resume() {
		this.stopped = false;
	}

}
