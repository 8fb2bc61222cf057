package buddy.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import buddy.memory.MemoryOptions;
import buddy.run.PayloadFilter;
import buddy.session.RetentionOptions;
import buddy.session.SessionConcurrency;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.SizeLimits;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Settings of workflows and their runs.
 *
 * @param scan how workflow classes become beans without being declared
 * @param runs how runs are recorded, and how long they may take
 * @param session how runs share a session, and who may use sessions
 * @param node how a process says that it lives
 * @param workflows settings of single workflows, by workflow id; they win over the
 * settings in code
 */
@ConfigurationProperties("buddy")
public record BuddyProperties(@DefaultValue Scan scan, @DefaultValue Runs runs, @DefaultValue Session session,
		@DefaultValue Node node, @DefaultValue Map<String, WorkflowProperties> workflows) {

	/**
	 * Returns the settings of single workflows.
	 * @param stores finds a store by its bean name
	 */
	Map<String, WorkflowSettings> workflowSettings(Function<String, WorkflowSessionRepository> stores) {
		Map<String, WorkflowSettings> settings = new LinkedHashMap<>();
		this.workflows.forEach((id, properties) -> settings.put(id, properties.settings(stores)));
		return settings;
	}

	/**
	 * Tells whether a workflow is a tool of the MCP server.
	 * @param workflowId the workflow
	 * @param usual whether one is that says nothing
	 */
	boolean isMcpTool(String workflowId, boolean usual) {
		WorkflowProperties properties = this.workflows.get(workflowId);
		Mcp mcp = (properties != null) ? properties.mcp() : null;
		return (mcp != null && mcp.enabled() != null) ? mcp.enabled() : usual;
	}

	/**
	 * Hands the settings of all runs to a runner.
	 * @param runner the runner to be
	 * @param requireUser whether every run must have a user
	 */
	WorkflowRunner.Builder applyTo(WorkflowRunner.Builder runner, boolean requireUser) {
		return runner.recordStart(this.runs.recordStart())
			.timeout(this.runs.timeout())
			.idleTimeout(this.runs.idleTimeout())
			.cancelPollInterval(this.runs.cancelPollInterval())
			.interrupt(this.runs.interrupt())
			.concurrency(this.session.concurrency(), this.session.waitTimeout())
			.requireUser(requireUser)
			.logFailures(this.runs.logFailures())
			.limits(this.runs.limits());
	}

	/**
	 * How workflow classes become beans without being declared.
	 *
	 * @param enabled Whether concrete subclasses of Workflow in the application's
	 * packages become beans without being declared.
	 */
	public record Scan(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * How runs are recorded, and how long they may take.
	 *
	 * @param recordStart Whether a run is stored as RUNNING when it begins, not only when
	 * it ends. If not, none of its events are stored; those that are started over HTTP in
	 * the background or with an event stream are stored when they begin all the same.
	 * @param maxInputSize How large the recorded input of a run may be; a larger one is
	 * refused. 0 is no limit.
	 * @param maxContentSize How much is recorded of a run's result; the caller gets the
	 * whole. 0 is no limit.
	 * @param maxStateSize How large a session's state may be; a run that makes it larger
	 * fails. 0 is no limit.
	 * @param timeout How long a run may take before it is cancelled. Zero for as long as
	 * it likes.
	 * @param idleTimeout After which time without a pull the run of a Stream or Iterator
	 * is cancelled. Zero for never.
	 * @param cancelPollInterval How often requests of other nodes to cancel a run are
	 * looked for while this node has runs, which is how long such a request may take to
	 * be seen.
	 * @param interrupt Whether the thread that executes run() is interrupted when the run
	 * is cancelled. An interrupt in the midst of file I/O can close an H2 database for
	 * every connection.
	 * @param shutdownGrace How long runs in progress are waited for when the application
	 * stops; those that have not ended then are cancelled and recorded. Let it be some
	 * seconds less than spring.lifecycle.timeout-per-shutdown-phase (30s).
	 * @param logFailures Whether the failure of a run that was started in the background,
	 * over HTTP or by MCP is logged at ERROR, with its stack trace.
	 */
	public record Runs(@DefaultValue("true") boolean recordStart, @DefaultValue("8MB") DataSize maxInputSize,
			@DefaultValue("8MB") DataSize maxContentSize, @DefaultValue("8MB") DataSize maxStateSize,
			@DefaultValue("0s") Duration timeout, @DefaultValue("10m") Duration idleTimeout,
			@DefaultValue("1s") Duration cancelPollInterval, @DefaultValue("false") boolean interrupt,
			@DefaultValue("20s") Duration shutdownGrace, @DefaultValue("true") boolean logFailures) {

		SizeLimits limits() {
			return new SizeLimits(this.maxInputSize.toBytes(), this.maxContentSize.toBytes(),
					this.maxStateSize.toBytes());
		}

	}

	/**
	 * How runs share a session, and who may use sessions.
	 *
	 * @param concurrency What happens when another run is in progress in the session.
	 * @param waitTimeout How long a run waits for its turn in its session where
	 * concurrency is wait.
	 * @param requireUser Whether every run and every look at the sessions must have a
	 * user. Beside Spring Security's web security the default is true, else false.
	 */
	public record Session(@DefaultValue("merge") SessionConcurrency concurrency,
			@DefaultValue("30s") Duration waitTimeout, @Nullable Boolean requireUser) {

	}

	/**
	 * How a process says that it lives, while it has runs.
	 *
	 * @param heartbeatInterval How often it says so.
	 * @param lease For how long it counts as alive after it said so, at least three times
	 * the interval. The session of a run whose process died is free after that time.
	 * @param endOrphans Whether this process looks at each heartbeat interval for runs
	 * whose process died, and ends them as errors with the reason interrupted.
	 */
	public record Node(@DefaultValue("10s") Duration heartbeatInterval, @DefaultValue("60s") Duration lease,
			@DefaultValue("true") boolean endOrphans) {

	}

	/**
	 * Settings of one workflow.
	 *
	 * @param name Name for people.
	 * @param description What the workflow does, in a sentence.
	 * @param userId Whose a run is when nothing else tells.
	 * @param sessionId Session of a run when nothing else tells.
	 * @param sessionName Name that new sessions get.
	 * @param sessionState State of a session that has none stored yet.
	 * @param extraData The application's own data that new sessions get.
	 * @param memory How much of a session's history is at hand.
	 * @param retention How long this workflow's runs and sessions are kept.
	 * @param storage Bean name of a WorkflowSessionRepository for this workflow alone,
	 * whose runs have no stored events and are not among those of the HTTP routes.
	 * @param payloads How much of what people and models say is recorded of this
	 * workflow's runs.
	 * @param debugMode Whether the events of this workflow's runs are logged at INFO
	 * instead of DEBUG, by the logger buddy.workflows.ID.
	 * @param timeout How long a run may take before it is cancelled. Zero for as long as
	 * it likes.
	 * @param concurrency What happens when another run is in progress in the session.
	 * @param waitTimeout How long a run waits for its turn in its session where
	 * concurrency is wait.
	 * @param events What is stored of the events of this workflow's runs.
	 * @param mcp Whether this workflow is a tool of the MCP server.
	 */
	public record WorkflowProperties(@Nullable String name, @Nullable String description, @Nullable String userId,
			@Nullable String sessionId, @Nullable String sessionName, @Nullable Map<String, Object> sessionState,
			@Nullable Map<String, Object> extraData, @Nullable Memory memory, @Nullable Retention retention,
			@Nullable String storage, @Nullable Payloads payloads, @Nullable Boolean debugMode,
			@Nullable Duration timeout, @Nullable SessionConcurrency concurrency, @Nullable Duration waitTimeout,
			@Nullable Events events, @Nullable Mcp mcp) {

		WorkflowSettings settings(Function<String, WorkflowSessionRepository> stores) {
			return WorkflowSettings.builder()
				.name(this.name)
				.description(this.description)
				.userId(this.userId)
				.sessionId(this.sessionId)
				.sessionName(this.sessionName)
				.sessionState(withLists(this.sessionState))
				.extraData(withLists(this.extraData))
				.memory((this.memory != null) ? new MemoryOptions(this.memory.runs(), this.memory.messages()) : null)
				.retention((this.retention != null) ? this.retention.options() : null)
				.storage((this.storage != null) ? stores.apply(this.storage) : null)
				.payloadFilter((this.payloads == Payloads.METADATA_ONLY) ? PayloadFilter.METADATA_ONLY : null)
				.debugMode(this.debugMode)
				.timeout(this.timeout)
				.concurrency(this.concurrency)
				.waitTimeout(this.waitTimeout)
				.build();
		}

		/** The binder gives a list in a free map as a map from "0", "1" and so on. */
		private static @Nullable Map<String, Object> withLists(@Nullable Map<String, Object> values) {
			if (values == null) {
				return null;
			}
			Map<String, Object> result = new LinkedHashMap<>();
			values.forEach((key, value) -> result.put(key, withLists(value)));
			return result;
		}

		private static Object withLists(Object value) {
			if (!(value instanceof Map<?, ?> map)) {
				return value;
			}
			Map<String, Object> values = new LinkedHashMap<>();
			map.forEach((key, item) -> values.put(String.valueOf(key), withLists(item)));
			List<Object> items = IntStream.range(0, values.size())
				.mapToObj((i) -> values.get(String.valueOf(i)))
				.filter(Objects::nonNull)
				.toList();
			return (!items.isEmpty() && items.size() == values.size()) ? items : values;
		}

	}

	/**
	 * How much of what people and models say is recorded.
	 */
	public enum Payloads {

		/** All of it, as far as no PayloadFilter bean changes it. */
		FULL,

		/** Nothing: ids, times, status, types, tokens and names of tools remain. */
		METADATA_ONLY

	}

	/**
	 * What is stored of the events of a workflow's runs.
	 *
	 * @param store Which events of this workflow's runs are stored, so that they can be
	 * followed and replayed.
	 */
	public record Events(BuddyEventsProperties.@Nullable Store store) {
	}

	/**
	 * Whether a workflow is a tool of the MCP server.
	 *
	 * @param enabled Whether it is, whatever buddy.mcp.enabled says of the others.
	 */
	public record Mcp(@Nullable Boolean enabled) {
	}

	/**
	 * How much of a session's history is at hand.
	 *
	 * @param runs How many earlier runs are at hand, 1 to 1000.
	 * @param messages How many messages are at hand at the most.
	 */
	public record Memory(@DefaultValue("20") int runs, @DefaultValue("200") int messages) {
	}

	/**
	 * How long a workflow's runs and sessions are kept; what is not set is as for all
	 * workflows, and 0 keeps everything.
	 *
	 * @param runAge How long a run that has ended is kept, from its begin.
	 * @param runsPerSession How many of a session's runs that have ended are kept, the
	 * newest.
	 * @param sessionAge How long a session is kept with its runs, from its last use.
	 */
	public record Retention(@Nullable Duration runAge, @Nullable Integer runsPerSession,
			@Nullable Duration sessionAge) {

		RetentionOptions options() {
			return new RetentionOptions(this.runAge, this.runsPerSession, this.sessionAge);
		}

	}

}
