package buddy.workflow;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.memory.MemoryOptions;
import buddy.run.PayloadFilter;
import buddy.session.Ids;
import buddy.session.RetentionOptions;
import buddy.session.SessionConcurrency;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;

/**
 * Settings of a workflow. A setting that is not set has a default.
 *
 * <p>
 * The same settings under {@code buddy.workflows.<workflow-id>} take precedence over
 * those in code.
 */
public final class WorkflowSettings {

	private static final WorkflowSettings DEFAULTS = builder().build();

	private final Builder values;

	private WorkflowSettings(Builder values) {
		this.values = values;
	}

	/**
	 * Returns settings that set nothing.
	 * @return the settings
	 */
	public static WorkflowSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * Creates a builder without any settings.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns these settings, overridden by those that others set.
	 * @param others the settings that take precedence
	 * @return the combined settings, always with the id of these settings
	 */
	public WorkflowSettings overriddenBy(WorkflowSettings others) {
		Builder mine = this.values;
		Builder theirs = others.values;
		Builder combined = new Builder();
		combined.workflowId = mine.workflowId;
		combined.name = first(theirs.name, mine.name);
		combined.description = first(theirs.description, mine.description);
		combined.userId = first(theirs.userId, mine.userId);
		combined.sessionId = first(theirs.sessionId, mine.sessionId);
		combined.sessionName = first(theirs.sessionName, mine.sessionName);
		combined.sessionState = first(theirs.sessionState, mine.sessionState);
		combined.memory = first(theirs.memory, mine.memory);
		combined.retention = mine.retention.overriddenBy(theirs.retention);
		combined.storage = first(theirs.storage, mine.storage);
		combined.extraData = first(theirs.extraData, mine.extraData);
		combined.payloadFilter = first(theirs.payloadFilter, mine.payloadFilter);
		combined.debugMode = first(theirs.debugMode, mine.debugMode);
		combined.version = first(theirs.version, mine.version);
		combined.recovery = first(theirs.recovery, mine.recovery);
		combined.options = mine.options.overriddenBy(theirs.options);
		combined.queueLimits = mine.queueLimits.overriddenBy(theirs.queueLimits);
		return combined.build();
	}

	/**
	 * Returns the display name.
	 * @return the name, or {@code null} if none is set
	 */
	public @Nullable String name() {
		return this.values.name;
	}

	/**
	 * Returns the id of the workflow.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String workflowId() {
		return this.values.workflowId;
	}

	/**
	 * Returns the description of the workflow.
	 * @return the description, or {@code null} if none is set
	 */
	public @Nullable String description() {
		return this.values.description;
	}

	/**
	 * Returns the user of runs that do not set one.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String userId() {
		return this.values.userId;
	}

	/**
	 * Returns the session of runs that do not set one.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String sessionId() {
		return this.values.sessionId;
	}

	/**
	 * Returns the name of new sessions.
	 * @return the name, or {@code null} if none is set
	 */
	public @Nullable String sessionName() {
		return this.values.sessionName;
	}

	/**
	 * Returns the state that new sessions begin with.
	 * @return the state, empty if none is set
	 */
	public Map<String, ? extends @Nullable Object> sessionState() {
		return (this.values.sessionState != null) ? this.values.sessionState : Map.of();
	}

	/**
	 * Returns the options for the memory of earlier runs.
	 * @return the options
	 */
	public MemoryOptions memory() {
		return (this.values.memory != null) ? this.values.memory : MemoryOptions.DEFAULT;
	}

	/**
	 * Returns the options for the retention of runs and sessions.
	 * @return the options
	 */
	public RetentionOptions retention() {
		return this.values.retention;
	}

	/**
	 * Returns the workflow's own store.
	 * @return the store, or {@code null} for the application's store
	 */
	public @Nullable WorkflowSessionRepository storage() {
		return this.values.storage;
	}

	/**
	 * Returns the application's own data for new sessions.
	 * @return the data, empty if none is set
	 */
	public Map<String, ? extends @Nullable Object> extraData() {
		return (this.values.extraData != null) ? this.values.extraData : Map.of();
	}

	/**
	 * Returns the options for how runs share their session and how long they may take.
	 * @return the options
	 */
	public RunOptions options() {
		return this.values.options;
	}

	/**
	 * Returns the filter that changes the content of runs before it is recorded.
	 * @return the filter, or {@code null} if none is set
	 */
	public @Nullable PayloadFilter payloadFilter() {
		return this.values.payloadFilter;
	}

	/**
	 * Returns whether runs are logged in detail.
	 * @return whether runs are logged in detail
	 */
	public boolean debugMode() {
		return Boolean.TRUE.equals(this.values.debugMode);
	}

	/**
	 * Returns the version of the workflow's code, which is recorded with each run.
	 * @return the version, or {@code null} if none is set
	 */
	public @Nullable String version() {
		return this.values.version;
	}

	/**
	 * Returns what happens to runs of the workflow whose process died.
	 * @return the recovery, or {@code null} for that of the application
	 */
	public DurableOptions.@Nullable Recovery recovery() {
		return this.values.recovery;
	}

	/**
	 * Returns the limits on the workflow's queued runs.
	 * @return the limits
	 */
	public QueueLimits queueLimits() {
		return this.values.queueLimits;
	}

	private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
		return (one != null) ? one : other;
	}

	/**
	 * Builder for {@link WorkflowSettings}.
	 */
	public static final class Builder {

		private @Nullable String name;

		private @Nullable String workflowId;

		private @Nullable String description;

		private @Nullable String userId;

		private @Nullable String sessionId;

		private @Nullable String sessionName;

		private @Nullable Map<String, ? extends @Nullable Object> sessionState;

		private @Nullable MemoryOptions memory;

		private RetentionOptions retention = RetentionOptions.NONE;

		private @Nullable WorkflowSessionRepository storage;

		private @Nullable Map<String, ? extends @Nullable Object> extraData;

		private @Nullable PayloadFilter payloadFilter;

		private @Nullable Boolean debugMode;

		private @Nullable String version;

		private DurableOptions.@Nullable Recovery recovery;

		private RunOptions options = RunOptions.NONE;

		private QueueLimits queueLimits = QueueLimits.none();

		private Builder() {
		}

		/**
		 * Sets the display name; default is the simple name of the class.
		 * @param name the name
		 * @return this builder
		 */
		public Builder name(@Nullable String name) {
			this.name = name;
			return this;
		}

		/**
		 * Sets the id, which must not change between restarts; default is the simple name
		 * of the class in kebab case without {@code Workflow}, such as {@code research}.
		 * @param workflowId 1 to 128 ASCII letters, digits and {@code . _ : @ -}
		 * @return this builder
		 */
		public Builder workflowId(@Nullable String workflowId) {
			this.workflowId = (workflowId != null) ? Ids.requireWorkflowId(workflowId) : null;
			return this;
		}

		/**
		 * Sets the description of the workflow.
		 * @param description the description, as a sentence
		 * @return this builder
		 */
		public Builder description(@Nullable String description) {
			this.description = description;
			return this;
		}

		/**
		 * Sets the user of runs that do not set one otherwise.
		 * @param userId the user's id
		 * @return this builder
		 */
		public Builder userId(@Nullable String userId) {
			this.userId = Ids.requireUserId(userId);
			return this;
		}

		/**
		 * Sets the session of runs that do not set one otherwise; default is a new
		 * session.
		 * @param sessionId the session's id
		 * @return this builder
		 */
		public Builder sessionId(@Nullable String sessionId) {
			this.sessionId = (sessionId != null) ? Ids.requireSessionId(sessionId) : null;
			return this;
		}

		/**
		 * Sets the name of new sessions.
		 * @param sessionName the name, up to 255 characters
		 * @return this builder
		 */
		public Builder sessionName(@Nullable String sessionName) {
			this.sessionName = StoredSession.requireName(sessionName);
			return this;
		}

		/**
		 * Sets the initial state of sessions; stored state takes precedence.
		 * @param sessionState plain JSON values
		 * @return this builder
		 */
		public Builder sessionState(@Nullable Map<String, ? extends @Nullable Object> sessionState) {
			this.sessionState = plain("The default session state", sessionState);
			return this;
		}

		/**
		 * Sets how much of a session's history is available to runs.
		 * @param memory the options
		 * @return this builder
		 */
		public Builder memory(@Nullable MemoryOptions memory) {
			this.memory = memory;
			return this;
		}

		/**
		 * Sets how long this workflow's runs and sessions are kept. The general setting
		 * applies to an option that is not set; zero keeps everything.
		 * @param retention the options
		 * @return this builder
		 */
		public Builder retention(@Nullable RetentionOptions retention) {
			this.retention = (retention != null) ? retention : RetentionOptions.NONE;
			return this;
		}

		/**
		 * Sets a store for this workflow only; default is the application's store.
		 * @param storage the store
		 * @return this builder
		 */
		public Builder storage(@Nullable WorkflowSessionRepository storage) {
			this.storage = storage;
			return this;
		}

		/**
		 * Sets the application's own data for new sessions.
		 * @param extraData plain JSON values
		 * @return this builder
		 */
		public Builder extraData(@Nullable Map<String, ? extends @Nullable Object> extraData) {
			this.extraData = plain("The extra data", extraData);
			return this;
		}

		/**
		 * Sets a filter that changes the content of this workflow's runs before it is
		 * recorded. It is applied after the filters that are beans.
		 * @param payloadFilter the filter, such as {@link PayloadFilter#METADATA_ONLY}
		 * @return this builder
		 */
		public Builder payloadFilter(@Nullable PayloadFilter payloadFilter) {
			this.payloadFilter = payloadFilter;
			return this;
		}

		/**
		 * Sets whether this workflow's runs are logged at INFO instead of DEBUG.
		 * @param debugMode whether they are logged at INFO
		 * @return this builder
		 */
		public Builder debugMode(@Nullable Boolean debugMode) {
			this.debugMode = debugMode;
			return this;
		}

		/**
		 * Sets the policy for runs whose session has another run in progress; default is
		 * the application's policy.
		 * @param concurrency the policy
		 * @return this builder
		 */
		public Builder concurrency(@Nullable SessionConcurrency concurrency) {
			this.options = this.options.withConcurrency(concurrency);
			return this;
		}

		/**
		 * Sets the maximum time a run waits for its turn in its session, if it waits;
		 * default is the application's setting.
		 * @param waitTimeout the time, not negative
		 * @return this builder
		 */
		public Builder waitTimeout(@Nullable Duration waitTimeout) {
			this.options = this.options.withWaitTimeout(waitTimeout);
			return this;
		}

		/**
		 * Sets the maximum time a run may take before it is cancelled; default is the
		 * application's setting.
		 * @param timeout the time; zero for no limit
		 * @return this builder
		 */
		public Builder timeout(@Nullable Duration timeout) {
			this.options = this.options.withTimeout(timeout);
			return this;
		}

		/**
		 * Sets the maximum time from the call of a run to its end, with all of its pauses
		 * and executions; default is the application's setting. A run that takes longer
		 * is cancelled.
		 * @param deadline the time; zero for no limit
		 * @return this builder
		 */
		public Builder deadline(@Nullable Duration deadline) {
			this.options = this.options.withDeadline(deadline);
			return this;
		}

		/**
		 * Sets the version of the workflow's code, which is recorded with each run.
		 * @param version the version, at most 64 characters; {@code null}, the default,
		 * for none
		 * @return this builder
		 */
		public Builder version(@Nullable String version) {
			if (version != null && (version.isBlank() || version.length() > 64)) {
				throw new IllegalArgumentException("'version' must have 1 to 64 characters, but is '" + version + "'");
			}
			this.version = version;
			return this;
		}

		/**
		 * Sets what happens to runs of the workflow whose process died.
		 * @param recovery the recovery; {@code null}, the default, for that of the
		 * application
		 * @return this builder
		 */
		public Builder recovery(DurableOptions.@Nullable Recovery recovery) {
			this.recovery = recovery;
			return this;
		}

		/**
		 * Sets limits on the workflow's queued runs, over all nodes.
		 * @param limits the limits; default is none
		 * @return this builder
		 */
		public Builder queueLimits(QueueLimits limits) {
			this.queueLimits = limits;
			return this;
		}

		private static @Nullable Map<String, @Nullable Object> plain(String name,
				@Nullable Map<String, ? extends @Nullable Object> values) {
			return (values != null) ? Json.readMap(StorableJson.require(name, values)) : null;
		}

		/**
		 * Builds the settings.
		 * @return the settings
		 */
		public WorkflowSettings build() {
			Builder copy = new Builder();
			copy.name = this.name;
			copy.workflowId = this.workflowId;
			copy.description = this.description;
			copy.userId = this.userId;
			copy.sessionId = this.sessionId;
			copy.sessionName = this.sessionName;
			copy.sessionState = this.sessionState;
			copy.memory = this.memory;
			copy.retention = this.retention;
			copy.storage = this.storage;
			copy.extraData = this.extraData;
			copy.payloadFilter = this.payloadFilter;
			copy.debugMode = this.debugMode;
			copy.version = this.version;
			copy.recovery = this.recovery;
			copy.options = this.options;
			copy.queueLimits = this.queueLimits;
			return new WorkflowSettings(copy);
		}

	}

}
