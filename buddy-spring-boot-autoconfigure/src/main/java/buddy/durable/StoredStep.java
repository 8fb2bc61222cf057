package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * A step as a journal keeps it: columns, with JSON as text.
 *
 * @param runId the run
 * @param head what is known of it without its result
 * @param codec how the result is encoded, or {@code null} for plain JSON
 * @param digest a digest of what the step was given, or {@code null}
 * @param result the result as JSON, or {@code null} for none
 * @param error why it failed, a JSON object, or {@code null}
 * @param state what the step's body did to the session's state, or {@link StepState#NONE}
 * @param lastEvent the number of the run's last event before the step ended, or
 * {@code null} if it has none
 */
public record StoredStep(String runId, StepHead head, @Nullable String codec, @Nullable String digest,
		@Nullable String result, @Nullable String error, StepState state, @Nullable Long lastEvent) {

	/**
	 * Creates a step that has nothing to tell yet.
	 * @param runId the run
	 * @param head what is known of it
	 */
	public StoredStep(String runId, StepHead head) {
		this(runId, head, null, null, null, null, StepState.NONE, null);
	}

	/**
	 * Returns the step's key.
	 * @return the key, unlike that of any other step of the run
	 */
	public String key() {
		return this.head.key();
	}

	/**
	 * Returns the same step with a result.
	 * @param head what is known of the step now
	 * @param result the result as JSON, or {@code null} for none
	 * @return the step
	 */
	public StoredStep done(StepHead head, @Nullable String result) {
		return new StoredStep(this.runId, head, this.codec, this.digest, result, null, this.state, this.lastEvent);
	}

	/**
	 * Returns the same step with a failure.
	 * @param head what is known of the step now
	 * @param error why it failed, a JSON object
	 * @return the step
	 */
	public StoredStep failed(StepHead head, String error) {
		return new StoredStep(this.runId, head, this.codec, this.digest, null, error, this.state, this.lastEvent);
	}

	/**
	 * Returns the same step with what its body did.
	 * @param state what it did to the session's state
	 * @param lastEvent the number of the run's last event, or {@code null}
	 * @return the step
	 */
	public StoredStep with(StepState state, @Nullable Long lastEvent) {
		return new StoredStep(this.runId, this.head, this.codec, this.digest, this.result, this.error, state,
				lastEvent);
	}

	/**
	 * Returns the same step as it waits to be called again after a failure.
	 * @return the step, without what its body did to the session's state
	 */
	StoredStep reopened() {
		return new StoredStep(this.runId, this.head, this.codec, this.digest, null, null,
				new StepState(null, this.state.base(), this.state.baseVersion()), this.lastEvent)
			.waiting(null);
	}

	/**
	 * Returns the same step as it waits.
	 * @param dueAt when it is due, in milliseconds of the store's clock, or {@code null}
	 * @return the step
	 */
	public StoredStep waiting(@Nullable Long dueAt) {
		return new StoredStep(this.runId,
				new StepHead(this.head.key(), this.head.position(), this.head.kind(), StepStatus.WAITING,
						this.head.attempts(), this.head.epoch(), this.head.startedAt(), null, dueAt),
				this.codec, this.digest, this.result, this.error, this.state, this.lastEvent);
	}

	/**
	 * Returns the same step as it waits in a paused run.
	 * @param dueAt when it is due, in milliseconds of the store's clock, or {@code null}
	 * @return the step
	 */
	public StoredStep paused(@Nullable Long dueAt) {
		StoredStep waiting = waiting(dueAt);
		return waiting.head.hasPaused() ? waiting : waiting(StepHead.SETTLED);
	}

	/** Returns the same step with what an earlier write knew of it. */
	StoredStep keeping(StoredStep earlier) {
		StoredStep kept = (this.digest != null) ? this : withDigest(earlier.digest);
		StepState known = earlier.state;
		return (kept.state.base() != null || known.base() == null) ? kept
				: kept.with(new StepState(kept.state.operations(), known.base(), known.baseVersion()), kept.lastEvent);
	}

	/**
	 * Returns the same step with a digest of what it is given.
	 * @param digest the digest, or {@code null}
	 * @return the step
	 */
	public StoredStep withDigest(@Nullable String digest) {
		return new StoredStep(this.runId, this.head, this.codec, digest, this.result, this.error, this.state,
				this.lastEvent);
	}

}
