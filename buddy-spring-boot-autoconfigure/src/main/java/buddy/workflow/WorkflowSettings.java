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
 * What can be said of a workflow beside its code; whatever is not set has a default.
 *
 * <p>
 * The same settings under {@code buddy.workflows.<workflow-id>} win over those in code.
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
	 * Starts settings that set nothing.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns these settings, overridden by whatever others set.
	 * @param others the settings that win
	 * @return the combined settings; the id is always this one's
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
		combined.options = mine.options.overriddenBy(theirs.options);
		return combined.build();
	}

	/**
	 * Returns the name for people.
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
	 * Returns what the workflow does.
	 * @return the description, or {@code null} if none is set
	 */
	public @Nullable String description() {
		return this.values.description;
	}

	/**
	 * Returns the user of runs that name none.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String userId() {
		return this.values.userId;
	}

	/**
	 * Returns the session of runs that name none.
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
	 * Returns how much of earlier runs is remembered.
	 * @return the options
	 */
	public MemoryOptions memory() {
		return (this.values.memory != null) ? this.values.memory : MemoryOptions.DEFAULT;
	}

	/**
	 * Returns how long runs and sessions are kept.
	 * @return the options
	 */
	public RetentionOptions retention() {
		return this.values.retention;
	}

	/**
	 * Returns the store of its own.
	 * @return the store, or {@code null} for the one of the application
	 */
	public @Nullable WorkflowSessionRepository storage() {
		return this.values.storage;
	}

	/**
	 * Returns what is stored with new sessions.
	 * @return the data, empty if none is set
	 */
	public Map<String, ? extends @Nullable Object> extraData() {
		return (this.values.extraData != null) ? this.values.extraData : Map.of();
	}

	/**
	 * Returns how runs share their session and how long they may take.
	 * @return the options
	 */
	public RunOptions options() {
		return this.values.options;
	}

	/**
	 * Returns what changes the content of runs before it is recorded.
	 * @return the filter, or {@code null} if none is set
	 */
	public @Nullable PayloadFilter payloadFilter() {
		return this.values.payloadFilter;
	}

	/**
	 * Returns whether runs are logged in detail.
	 * @return whether they are
	 */
	public boolean debugMode() {
		return Boolean.TRUE.equals(this.values.debugMode);
	}

	private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
		return (one != null) ? one : other;
	}

	/**
	 * Collects settings.
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

		private RunOptions options = RunOptions.NONE;

		private Builder() {
		}

		/**
		 * Sets the name for people; default is the class's simple name.
		 * @param name the name
		 * @return this builder
		 */
		public Builder name(@Nullable String name) {
			this.name = name;
			return this;
		}

		/**
		 * Sets the id, which must not change between restarts; default is the class's
		 * simple name in kebab case without {@code Workflow}, such as {@code research}.
		 * @param workflowId 1 to 128 ASCII letters, digits and {@code . _ : @ -}
		 * @return this builder
		 */
		public Builder workflowId(@Nullable String workflowId) {
			this.workflowId = (workflowId != null) ? Ids.requireWorkflowId(workflowId) : null;
			return this;
		}

		/**
		 * Sets what the workflow does, in a sentence.
		 * @param description the sentence
		 * @return this builder
		 */
		public Builder description(@Nullable String description) {
			this.description = description;
			return this;
		}

		/**
		 * Sets whose a run is when nothing else tells.
		 * @param userId the user's id
		 * @return this builder
		 */
		public Builder userId(@Nullable String userId) {
			this.userId = Ids.requireUserId(userId);
			return this;
		}

		/**
		 * Sets the session of a run when nothing else tells; default is a new one.
		 * @param sessionId the session's id
		 * @return this builder
		 */
		public Builder sessionId(@Nullable String sessionId) {
			this.sessionId = (sessionId != null) ? Ids.requireSessionId(sessionId) : null;
			return this;
		}

		/**
		 * Sets the name that new sessions get.
		 * @param sessionName the name, up to 255 characters
		 * @return this builder
		 */
		public Builder sessionName(@Nullable String sessionName) {
			this.sessionName = StoredSession.requireName(sessionName);
			return this;
		}

		/**
		 * Sets the state of a session that has none stored yet; what is stored wins.
		 * @param sessionState plain JSON values
		 * @return this builder
		 */
		public Builder sessionState(@Nullable Map<String, ? extends @Nullable Object> sessionState) {
			this.sessionState = plain("The default session state", sessionState);
			return this;
		}

		/**
		 * Sets how much of a session's history is at hand.
		 * @param memory the numbers
		 * @return this builder
		 */
		public Builder memory(@Nullable MemoryOptions memory) {
			this.memory = memory;
			return this;
		}

		/**
		 * Sets how long this workflow's runs and sessions are kept; what is not said is
		 * as for all workflows, and zero keeps everything.
		 * @param retention the numbers
		 * @return this builder
		 */
		public Builder retention(@Nullable RetentionOptions retention) {
			this.retention = (retention != null) ? retention : RetentionOptions.NONE;
			return this;
		}

		/**
		 * Sets a store for this workflow alone; default is the application's.
		 * @param storage the store
		 * @return this builder
		 */
		public Builder storage(@Nullable WorkflowSessionRepository storage) {
			this.storage = storage;
			return this;
		}

		/**
		 * Sets the application's own data that new sessions get.
		 * @param extraData plain JSON values
		 * @return this builder
		 */
		public Builder extraData(@Nullable Map<String, ? extends @Nullable Object> extraData) {
			this.extraData = plain("The extra data", extraData);
			return this;
		}

		/**
		 * Sets what changes the content of this workflow's runs before it is recorded,
		 * after the filters that are beans.
		 * @param payloadFilter the filter, such as {@link PayloadFilter#METADATA_ONLY}
		 * @return this builder
		 */
		public Builder payloadFilter(@Nullable PayloadFilter payloadFilter) {
			this.payloadFilter = payloadFilter;
			return this;
		}

		/**
		 * Sets whether this workflow's runs are logged at INFO instead of DEBUG.
		 * @param debugMode whether they are
		 * @return this builder
		 */
		public Builder debugMode(@Nullable Boolean debugMode) {
			this.debugMode = debugMode;
			return this;
		}

		/**
		 * Sets what happens when another run is in progress in the session of a run;
		 * default is the application's.
		 * @param concurrency the policy
		 * @return this builder
		 */
		public Builder concurrency(@Nullable SessionConcurrency concurrency) {
			this.options = this.options.withConcurrency(concurrency);
			return this;
		}

		/**
		 * Sets how long a run waits for its turn in its session, where it waits; default
		 * is the application's.
		 * @param waitTimeout the time, not negative
		 * @return this builder
		 */
		public Builder waitTimeout(@Nullable Duration waitTimeout) {
			this.options = this.options.withWaitTimeout(waitTimeout);
			return this;
		}

		/**
		 * Sets how long a run may take before it is cancelled; default is the
		 * application's.
		 * @param timeout the time; zero for as long as it likes
		 * @return this builder
		 */
		public Builder timeout(@Nullable Duration timeout) {
			this.options = this.options.withTimeout(timeout);
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
			copy.options = this.options;
			return new WorkflowSettings(copy);
		}

	}

}
