package buddy.run;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The ids that name a run: its own, and those of its workflow, session and user.
 *
 * <p>
 * They go together through the code as this one value, so that no two of them can be
 * taken for each other. {@link #builder()} names each of them where a key is made.
 *
 * @param runId the run's own id
 * @param workflowId the workflow that runs
 * @param sessionId the session that it runs in
 * @param userId whose run it is, or {@code null} for nobody's
 */
public record RunKey(String runId, String workflowId, String sessionId, @Nullable String userId) {

	/**
	 * Starts a key.
	 * @return a builder without any id
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Creates a builder with the values of this key.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return builder().runId(this.runId).workflowId(this.workflowId).sessionId(this.sessionId).userId(this.userId);
	}

	/**
	 * Builds a {@link RunKey}.
	 */
	public static final class Builder {

		private @Nullable String runId;

		private @Nullable String workflowId;

		private @Nullable String sessionId;

		private @Nullable String userId;

		private Builder() {
		}

		/**
		 * Sets the run's own id.
		 * @param runId the id
		 * @return this builder
		 */
		public Builder runId(String runId) {
			this.runId = runId;
			return this;
		}

		/**
		 * Sets the workflow that runs.
		 * @param workflowId its id
		 * @return this builder
		 */
		public Builder workflowId(String workflowId) {
			this.workflowId = workflowId;
			return this;
		}

		/**
		 * Sets the session that it runs in.
		 * @param sessionId its id
		 * @return this builder
		 */
		public Builder sessionId(String sessionId) {
			this.sessionId = sessionId;
			return this;
		}

		/**
		 * Sets whose run it is.
		 * @param userId the user's id; {@code null}, the default, for nobody's
		 * @return this builder
		 */
		public Builder userId(@Nullable String userId) {
			this.userId = userId;
			return this;
		}

		/**
		 * Builds the key.
		 * @return the key
		 */
		public RunKey build() {
			return new RunKey(Objects.requireNonNull(this.runId, "'runId' must not be null"),
					Objects.requireNonNull(this.workflowId, "'workflowId' must not be null"),
					Objects.requireNonNull(this.sessionId, "'sessionId' must not be null"), this.userId);
		}

	}

}
