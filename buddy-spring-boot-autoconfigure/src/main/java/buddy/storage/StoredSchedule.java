package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is stored. Times are milliseconds since the epoch, by the clock of the
 * store.
 *
 * @param scheduleId its id
 * @param workflowId the workflow whose runs it begins
 * @param timing when it fires
 * @param call how it calls the workflow
 * @param source who has made it: {@code ANNOTATION}, {@code PROPERTIES} or {@code API}
 * @param createdAt when it was made
 * @param updatedAt when it was changed last
 * @param state what it does next, and what it has done last
 * @param version the number of its changes, by which two of them at once are told from
 * each other
 */
public record StoredSchedule(String scheduleId, String workflowId, Timing timing, Call call, String source,
		long createdAt, long updatedAt, State state, int version) {

	/**
	 * Returns a copy with another state.
	 * @param changed the state
	 * @return the copy
	 */
	public StoredSchedule with(State changed) {
		return new StoredSchedule(this.scheduleId, this.workflowId, this.timing, this.call, this.source, this.createdAt,
				this.updatedAt, changed, this.version);
	}

	/**
	 * When a schedule fires.
	 *
	 * @param cron a cron expression, or {@code null} if it fires at intervals
	 * @param everyMillis the interval, or {@code null} if it fires by a cron expression
	 * @param zone the time zone of the cron expression
	 * @param missed what becomes of fire times that were missed: {@code ONCE} or
	 * {@code SKIP}
	 */
	public record Timing(@Nullable String cron, @Nullable Long everyMillis, String zone, String missed) {
	}

	/**
	 * How a schedule calls its workflow.
	 *
	 * @param input the input by parameter name, as a JSON object
	 * @param userId the user of the runs, or {@code null}
	 * @param sessionId the session of the runs, or {@code null} if each run has the one
	 * that its workflow gives it
	 */
	public record Call(String input, @Nullable String userId, @Nullable String sessionId) {
	}

	/**
	 * What a schedule does next, and what it has done last.
	 *
	 * @param paused whether it does not fire until it is resumed
	 * @param nextFireAt its next fire time, or {@code null} if there is none
	 * @param lastFireAt its last fire time that has begun a run, or {@code null}
	 * @param lastRunId the run that it has begun last, or {@code null}
	 */
	public record State(boolean paused, @Nullable Long nextFireAt, @Nullable Long lastFireAt,
			@Nullable String lastRunId) {

		/**
		 * Returns a copy with another next fire time.
		 * @param time the time, or {@code null} for none
		 * @return the copy
		 */
		public State next(@Nullable Long time) {
			return new State(this.paused, time, this.lastFireAt, this.lastRunId);
		}

		/**
		 * Returns a copy after its next fire time, which becomes its last one.
		 * @param runId the run that it has begun
		 * @return the copy
		 */
		public State fired(String runId) {
			return new State(this.paused, this.nextFireAt, this.nextFireAt, runId);
		}

	}

}
