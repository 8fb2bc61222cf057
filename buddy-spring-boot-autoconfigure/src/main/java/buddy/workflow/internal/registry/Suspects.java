package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import buddy.storage.StoredRun;

/**
 * The runs of dead processes that may have taken those down: they wait in line, and one
 * is continued at a time.
 *
 * <p>
 * The next one follows as soon as the one before has recorded a step or has ended, and
 * after a minute at the latest, so that none waits for one that hangs. Those that were
 * continued in vain least often come first: a run that does end its process goes to the
 * back of the line.
 */
final class Suspects {

	private static final Duration ALONE = Duration.ofMinutes(1);

	private static final Comparator<Suspect> ORDER = Comparator.comparingInt(Suspect::vain)
		.thenComparingLong((suspect) -> suspect.run().createdAt())
		.thenComparing((suspect) -> suspect.run().runId());

	private final LongSupplier nanoTime;

	private final Map<String, Suspect> waiting = new HashMap<>();

	private @Nullable String current;

	private long since;

	/**
	 * Creates an empty line.
	 * @param nanoTime supplies nanoseconds, as {@link System#nanoTime}
	 */
	Suspects(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/** Finds a run that waits as it was seen last. */
	synchronized @Nullable Suspect find(StoredRun run) {
		Suspect known = this.waiting.get(run.runId());
		return (known != null && known.run().epoch() == run.epoch()) ? known : null;
	}

	/** Adds a run to those that wait. */
	synchronized void add(Suspect suspect) {
		this.waiting.put(suspect.run().runId(), suspect);
	}

	/** Takes the run that is continued next, or returns null if there is none for now. */
	synchronized @Nullable StoredRun next() {
		long now = this.nanoTime.getAsLong();
		if (this.current != null && now - this.since < ALONE.toNanos()) {
			return null;
		}
		StoredRun next = this.waiting.values().stream().min(ORDER).map(Suspect::run).orElse(null);
		if (next != null) {
			this.waiting.remove(next.runId());
			this.current = next.runId();
			this.since = now;
		}
		return next;
	}

	/**
	 * Lets the next one follow, since a run has recorded a step, or is not continued any
	 * more.
	 * @return whether that is the one that was continued last
	 */
	synchronized boolean passed(String runId) {
		boolean last = runId.equals(this.current);
		if (last) {
			this.current = null;
		}
		return last;
	}

	/**
	 * A run that waits.
	 *
	 * @param run the run as it was seen
	 * @param vain how often it was continued in vain
	 */
	record Suspect(StoredRun run, int vain) {
	}

}
