package buddy.storage;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.session.RetentionOptions;

/**
 * Deletes the runs and sessions that are kept no longer: those that have ended, by age,
 * by number per session, and sessions that were not used for long.
 */
public final class SessionRetention {

	private final Supplier<List<RunRetention>> stores;

	private final RetentionOptions general;

	private final Supplier<Map<String, RetentionOptions>> ofWorkflows;

	private final int batchSize;

	private final Clock clock;

	private volatile boolean stopped;

	/**
	 * Creates the retention of some stores.
	 * @param stores what deletes, one for each store
	 * @param general what holds for workflows that say nothing of their own
	 * @param ofWorkflows what single workflows say, by workflow id
	 * @param batchSize how many rows a transaction deletes at the most, 1 to 10000
	 * @param clock tells the time
	 */
	public SessionRetention(Supplier<List<RunRetention>> stores, RetentionOptions general,
			Supplier<Map<String, RetentionOptions>> ofWorkflows, int batchSize, Clock clock) {
		if (batchSize < 1 || batchSize > 10_000) {
			throw new IllegalArgumentException("'batchSize' must be 1 to 10000, not " + batchSize);
		}
		this.stores = stores;
		this.general = general;
		this.ofWorkflows = ofWorkflows;
		this.batchSize = batchSize;
		this.clock = clock;
	}

	/**
	 * Tells whether anything is ever deleted.
	 * @return whether some retention is set
	 */
	public boolean deletes() {
		return this.general.deletes() || this.ofWorkflows.get().values().stream().anyMatch(RetentionOptions::deletes);
	}

	/**
	 * Deletes, in short transactions, whatever is kept no longer now. It may be called at
	 * any time, and on several nodes at once.
	 * @return what was deleted
	 */
	public Swept sweep() {
		Count count = new Count();
		if (!deletes()) {
			return count.swept();
		}
		long now = this.clock.millis();
		for (RunRetention store : this.stores.get()) {
			eachRule((options) -> millis(options.sessionAge()), (rule) -> {
				count.sessions += repeat(
						() -> store.deleteSessions(rule.workflows(), now - rule.value(), this.batchSize));
			});
			eachRule((options) -> millis(options.runAge()), (rule) -> {
				count.runs += repeat(() -> store.deleteRuns(rule.workflows(), now - rule.value(), this.batchSize));
			});
			eachRule(SessionRetention::runsPerSession, (rule) -> {
				count.runs += deleteOlderRuns(store, rule.workflows(), Math.toIntExact(rule.value()));
			});
		}
		return count.swept();
	}

	/**
	 * Lets a sweep in progress end with its next transaction, and begins no other.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Lets sweeps delete again after {@link #stop()}.
	 */
	public void resume() {
		this.stopped = false;
	}

	private long deleteOlderRuns(RunRetention store, WorkflowSelection workflows, int keep) {
		long deleted = 0;
		String last = null;
		boolean more = true;
		while (more && !this.stopped) {
			List<String> sessions = store.sessionsWithMoreRuns(workflows, keep, last, this.batchSize);
			for (String session : sessions) {
				deleted += repeat(() -> store.deleteOlderRuns(session, keep, this.batchSize));
				last = session;
			}
			more = sessions.size() == this.batchSize;
		}
		return deleted;
	}

	private long repeat(Supplier<Integer> batch) {
		long all = 0;
		int deleted = 1;
		while (deleted > 0 && !this.stopped) {
			deleted = batch.get();
			all += deleted;
		}
		return all;
	}

	/** A workflow that says zero itself is left out of the general rule too. */
	private void eachRule(Function<RetentionOptions, @Nullable Long> number, Consumer<Rule> action) {
		Map<String, RetentionOptions> single = this.ofWorkflows.get()
			.entrySet()
			.stream()
			.filter((entry) -> number.apply(entry.getValue()) != null)
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
		single.forEach((id, options) -> act(WorkflowSelection.only(id), number.apply(options), action));
		act(WorkflowSelection.allBut(single.keySet()), number.apply(this.general), action);
	}

	private static void act(WorkflowSelection workflows, @Nullable Long value, Consumer<Rule> action) {
		if (value != null && value > 0) {
			action.accept(new Rule(workflows, value));
		}
	}

	private static @Nullable Long millis(@Nullable Duration age) {
		return (age != null) ? age.toMillis() : null;
	}

	private static @Nullable Long runsPerSession(RetentionOptions options) {
		return (options.runsPerSession() != null) ? Long.valueOf(options.runsPerSession()) : null;
	}

	/**
	 * What a sweep deleted.
	 *
	 * @param sessions how many sessions, each with its runs
	 * @param runs how many runs of sessions that stay
	 */
	public record Swept(long sessions, long runs) {
	}

	private record Rule(WorkflowSelection workflows, long value) {
	}

	private static final class Count {

		private long sessions;

		private long runs;

		private Swept swept() {
			return new Swept(this.sessions, this.runs);
		}

	}

}
