package buddy.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.session.RetentionOptions;

/**
 * Deletes expired runs and sessions: ended runs by age and by number per session, and
 * sessions that have not been used for a certain time. Runs that have been paused for too
 * long are cancelled.
 */
public final class SessionRetention {

	private final Supplier<List<RunRetention>> stores;

	private final RetentionOptions general;

	private final Supplier<Map<String, RetentionOptions>> ofWorkflows;

	private final int batchSize;

	private final Clock clock;

	private final PausedRunExpiry paused;

	private volatile boolean stopped;

	/**
	 * Creates the retention for a number of stores.
	 * @param stores supplies the retention of each store
	 * @param general the options for workflows that do not set their own
	 * @param ofWorkflows supplies the options of individual workflows, by workflow id
	 * @param batchSize the maximum number of rows deleted in a transaction, 1 to 10000
	 * @param clock the clock
	 */
	public SessionRetention(Supplier<List<RunRetention>> stores, RetentionOptions general,
			Supplier<Map<String, RetentionOptions>> ofWorkflows, int batchSize, Clock clock) {
		this(stores, general, ofWorkflows, batchSize, clock, (workflows, age, limit) -> 0);
	}

	/**
	 * Creates the retention for a number of stores, which also ends paused runs.
	 * @param stores supplies the retention of each store
	 * @param general the options for workflows that do not set their own
	 * @param ofWorkflows supplies the options of individual workflows, by workflow id
	 * @param batchSize the maximum number of rows deleted in a transaction, 1 to 10000
	 * @param clock the clock
	 * @param paused ends runs that have been paused for too long
	 */
	public SessionRetention(Supplier<List<RunRetention>> stores, RetentionOptions general,
			Supplier<Map<String, RetentionOptions>> ofWorkflows, int batchSize, Clock clock, PausedRunExpiry paused) {
		if (batchSize < 1 || batchSize > 10_000) {
			throw new IllegalArgumentException("'batchSize' must be 1 to 10000, not " + batchSize);
		}
		this.stores = stores;
		this.general = general;
		this.ofWorkflows = ofWorkflows;
		this.batchSize = batchSize;
		this.clock = clock;
		this.paused = paused;
	}

	/**
	 * Returns whether anything is ever deleted.
	 * @return whether any retention is set
	 */
	public boolean deletes() {
		return this.general.deletes() || this.ofWorkflows.get().values().stream().anyMatch(RetentionOptions::deletes);
	}

	/**
	 * Deletes everything that has expired, in short transactions. It may be called at any
	 * time, and on several nodes at once.
	 * @return the deleted counts
	 */
	public Swept sweep() {
		return sweep(this.clock.instant());
	}

	/**
	 * Deletes everything that has expired at a given time, like {@link #sweep()}.
	 * @param time the time by which ages are counted
	 * @return the deleted counts
	 */
	public Swept sweep(Instant time) {
		Count count = new Count();
		if (!deletes()) {
			return count.swept();
		}
		long now = time.toEpochMilli();
		// first, so that they are among those that have ended
		eachRule((options) -> millis(options.pausedAge()), (rule) -> {
			count.paused += repeat(
					() -> this.paused.end(rule.workflows(), Duration.ofMillis(rule.value()), this.batchSize));
		});
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
	 * Stops sweeps: a sweep in progress ends after its current transaction, and later
	 * ones delete nothing.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Allows sweeps to delete again after {@link #stop()}.
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

	/**
	 * Applies the action to each rule. The general rule also excludes workflows that are
	 * set to zero.
	 */
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
	 * Counts of what a sweep deleted and ended.
	 *
	 * @param sessions the number of sessions, deleted with their runs
	 * @param runs the number of runs deleted from sessions that remain
	 * @param paused the number of runs cancelled that had been paused for too long
	 */
	public record Swept(long sessions, long runs, long paused) {

		/**
		 * Creates the counts of a sweep that ended no paused runs.
		 * @param sessions the number of sessions, deleted with their runs
		 * @param runs the number of runs deleted from sessions that remain
		 */
		public Swept(long sessions, long runs) {
			this(sessions, runs, 0);
		}

	}

	private record Rule(WorkflowSelection workflows, long value) {
	}

	private static final class Count {

		private long sessions;

		private long runs;

		private long paused;

		private Swept swept() {
			return new Swept(this.sessions, this.runs, this.paused);
		}

	}

}
