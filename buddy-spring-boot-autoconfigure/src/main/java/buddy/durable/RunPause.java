package buddy.durable;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.storage.NewRun;

/**
 * A pause of a run, with all that it waits for.
 *
 * @param run the run, in the execution that pauses
 * @param waits what it waits for
 * @param nested the ids of the runs that it has called itself, and that have paused
 * @param lastEvent the number of the run's last event in the store of events, or
 * {@code null} if the execution has none there
 */
public record RunPause(NewRun run, List<Wait> waits, List<String> nested, @Nullable Long lastEvent) {

	public RunPause {
		waits = List.copyOf(waits);
		nested = List.copyOf(nested);
	}

	/**
	 * What a run waits for.
	 *
	 * @param step the step; the store sets that it waits, and when it is due
	 * @param known whether an earlier pause has stored it already: it stays as it is, and
	 * only a question that has expired is asked again
	 * @param due how long from now until it is due, or {@code null} for never
	 * @param question the question to store with it, or {@code null} for none
	 */
	public record Wait(StoredStep step, boolean known, @Nullable Duration due, @Nullable StoredQuestion question) {
	}

}
