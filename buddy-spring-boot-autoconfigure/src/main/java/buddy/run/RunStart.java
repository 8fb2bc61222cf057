package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * A run that starts.
 *
 * @param key names the run
 * @param parentRunId the run that called it, or {@code null}
 * @param input the arguments of {@code run()}, a JSON object
 * @param epoch the number of this execution of the run: 0 for the first, and one more
 * each time that it is continued
 * @param origin the context that the interceptor captured at the call of the workflow
 */
public record RunStart(RunKey key, @Nullable String parentRunId, String input, int epoch, @Nullable Object origin) {

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.key.runId();
	}

	/**
	 * Returns the workflow of the run.
	 * @return its id
	 */
	public String workflowId() {
		return this.key.workflowId();
	}

	/**
	 * Returns the session of the run.
	 * @return its id
	 */
	public String sessionId() {
		return this.key.sessionId();
	}

	/**
	 * Returns whose run it is.
	 * @return the user's id, or {@code null}
	 */
	public @Nullable String userId() {
		return this.key.userId();
	}

	/**
	 * Returns a copy for one interceptor.
	 * @param origin the context that the interceptor captured
	 * @return the copy
	 */
	public RunStart withOrigin(@Nullable Object origin) {
		return new RunStart(this.key, this.parentRunId, this.input, this.epoch, origin);
	}

}
