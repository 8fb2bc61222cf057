package buddy.storage;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * The end of a run, with the change that it makes to its session.
 *
 * @param run the run, as it began
 * @param recorded the value of {@link OpenedSession#recorded()} when it began
 * @param status the terminal status
 * @param response the response without the fields that are columns, as a JSON object, or
 * {@code null}
 * @param error the reason it did not complete, as a JSON object, or {@code null}
 * @param endedAt the time it ended, in milliseconds since the epoch; adjusted if it is
 * before the run began
 * @param state the session's new state, or {@code null} if it did not change
 * @param lastEvent the number of the run's last event in the store of events, or
 * {@code null} if the run has none there
 */
public record RunEnd(NewRun run, boolean recorded, RunStatus status, @Nullable String response, @Nullable String error,
		long endedAt, @Nullable StateChange state, @Nullable Long lastEvent) {

	public RunEnd {
		endedAt = Math.max(endedAt, run.createdAt());
	}

	/**
	 * Creates the end of a run without stored events.
	 * @param run the run, as it began
	 * @param recorded the value of {@link OpenedSession#recorded()} when it began
	 * @param status the terminal status
	 * @param response the response, as a JSON object, or {@code null}
	 * @param error the reason it did not complete, as a JSON object, or {@code null}
	 * @param endedAt the time it ended, in milliseconds since the epoch
	 * @param state the session's new state, or {@code null} if it did not change
	 */
	public RunEnd(NewRun run, boolean recorded, RunStatus status, @Nullable String response, @Nullable String error,
			long endedAt, @Nullable StateChange state) {
		this(run, recorded, status, response, error, endedAt, state, null);
	}

	/**
	 * Returns a copy of this end with another state, after a merge.
	 * @param change the merged state
	 * @return the end to try again
	 */
	public RunEnd withState(StateChange change) {
		return new RunEnd(this.run, this.recorded, this.status, this.response, this.error, this.endedAt, change,
				this.lastEvent);
	}

	/**
	 * Returns a copy of this end with the number of the run's last event.
	 * @param number the number, or {@code null}
	 * @return the end
	 */
	public RunEnd withLastEvent(@Nullable Long number) {
		return new RunEnd(this.run, this.recorded, this.status, this.response, this.error, this.endedAt, this.state,
				number);
	}

	/**
	 * Returns the complete record of the run.
	 * @return the record
	 */
	public StoredRun toStoredRun() {
		return StoredRun.builder(this.run.key(), this.status)
			.parentRunId(this.run.parentRunId())
			.input(this.run.input())
			.response(this.response)
			.error(this.error)
			.createdAt(this.run.createdAt())
			.endedAt(this.endedAt)
			.lastEvent(this.lastEvent)
			.epoch(this.run.epoch())
			.origin(this.run.origin())
			.build();
	}

	/**
	 * Returns whether the end may create the session, for a run that was not stored when
	 * it began. A state that was derived from a stored state is not written to a new
	 * session.
	 * @return whether it may create the session
	 */
	public boolean mayCreateSession() {
		return !this.recorded && (this.state == null || this.state.expectedVersion() == 0);
	}

	/**
	 * Returns the session to store if this end creates it.
	 * @return the session, with the new state if there is one
	 */
	public StoredSession newSession() {
		StoredSession session = this.run.newSession();
		long usedAt = Math.max(session.updatedAt(), this.endedAt);
		return new StoredSession(session.sessionId(), session.workflowId(), session.userId(), session.sessionName(),
				(this.state != null) ? this.state.state() : null, session.media(), session.workflowData(),
				session.extraData(), session.additional(), session.createdAt(), usedAt, (this.state != null) ? 1 : 0);
	}

	/**
	 * A new state of a session.
	 *
	 * @param state the complete state, as a JSON object
	 * @param expectedVersion the version of the session that the state was derived from
	 */
	public record StateChange(String state, long expectedVersion) {
	}

}
