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
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import buddy.memory.MemoryOptions;
import buddy.run.PayloadFilter;
import buddy.session.RetentionOptions;
import buddy.session.SessionConcurrency;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.DurableOptions.ChangedPrompt;
import buddy.workflow.DurableOptions.InTransaction;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.MissedFires;
import buddy.workflow.QueueLimits;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.SizeLimits;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Properties of workflows and their runs.
 *
 * @param scan properties for finding workflow classes
 * @param runs properties for the recording and duration of runs
 * @param session properties for concurrent runs of a session and its users
 * @param node properties for the heartbeat of a process
 * @param durable properties for the steps of runs and for their continuation
 * @param workflows properties of single workflows by workflow id, which override settings
 * in code
 */
@ConfigurationProperties("buddy")
public record BuddyProperties(@DefaultValue Scan scan, @DefaultValue Runs runs, @DefaultValue Session session,
		@DefaultValue Node node, @DefaultValue Durable durable, @DefaultValue Engine engine,
		@DefaultValue Map<String, WorkflowProperties> workflows) {

	/**
	 * Returns the settings of single workflows.
	 * @param stores looks up a store by its bean name
	 */
	Map<String, WorkflowSettings> workflowSettings(Function<String, WorkflowSessionRepository> stores) {
		Map<String, WorkflowSettings> settings = new LinkedHashMap<>();
		this.workflows.forEach((id, properties) -> settings.put(id, properties.settings(stores)));
		return settings;
	}

	/**
	 * Returns whether a workflow is a tool of the MCP server.
	 * @param workflowId the workflow
	 * @param usual the default
	 */
	boolean isMcpTool(String workflowId, boolean usual) {
		WorkflowProperties properties = this.workflows.get(workflowId);
		Mcp mcp = (properties != null) ? properties.mcp() : null;
		return (mcp != null && mcp.enabled() != null) ? mcp.enabled() : usual;
	}

	/**
	 * Returns the schedule that is declared here for a workflow.
	 * @param workflowId the workflow
	 */
	@Nullable Schedule schedule(String workflowId) {
		WorkflowProperties properties = this.workflows.get(workflowId);
		return (properties != null) ? properties.schedule() : null;
	}

	/**
	 * Applies the properties to the builder of a runner.
	 * @param runner the builder
	 * @param requireUser whether every run must have a user
	 */
	WorkflowRunner.Builder applyTo(WorkflowRunner.Builder runner, boolean requireUser) {
		return runner.recordStart(this.runs.recordStart())
			.timeout(this.runs.timeout())
			.deadline(this.runs.deadline())
			.idleTimeout(this.runs.idleTimeout())
			.cancelPollInterval(this.runs.cancelPollInterval())
			.interrupt(this.runs.interrupt())
			.concurrency(this.session.concurrency(), this.session.waitTimeout())
			.requireUser(requireUser)
			.logFailures(this.runs.logFailures())
			.limits(this.runs.limits());
	}

	/**
	 * Properties for the steps of runs and for their continuation.
	 *
	 * @param recover What happens to runs whose process died: they are marked as
	 * interrupted, or continued by themselves.
	 * @param agentCalls Whether calls of agents are recorded as steps.
	 * @param maxResultSize Maximum size of the recorded result of a step. A larger one is
	 * refused. 0 is no limit.
	 * @param patience How long a step that has been executed is tried to be recorded
	 * while the database is away.
	 * @param versions Which runs a node continues: any, or only those that were begun by
	 * the same version of their workflow.
	 * @param stepAnnotation Whether calls of methods with Step are steps of the run that
	 * calls them.
	 * @param maxRecoveries How often a run is continued by itself without getting any
	 * further. After that it ends as an error with the reason poisoned.
	 * @param changedPrompt What happens to a run that is continued and gives an agent
	 * another prompt than the one whose answer is recorded: the recorded answer is used
	 * and that is logged, or the run ends as an error that can be tried again.
	 * @param inTransaction What happens to a step that is called within a transaction of
	 * the application, where it cannot be recorded: it is executed all the same and that
	 * is logged, or it fails before its body is called.
	 */
	public record Durable(@DefaultValue("mark") Recovery recover, @DefaultValue("true") boolean agentCalls,
			@DefaultValue("8MB") DataSize maxResultSize, @DefaultValue("60s") Duration patience,
			@DefaultValue("any") Versions versions, @DefaultValue("true") boolean stepAnnotation,
			@DefaultValue("5") int maxRecoveries, @DefaultValue("warn") ChangedPrompt changedPrompt,
			@DefaultValue("warn") InTransaction inTransaction) {

		DurableOptions options() {
			return new DurableOptions(this.agentCalls, this.maxResultSize.toBytes(), this.patience, this.recover,
					this.versions == Versions.SAME, this.maxRecoveries, this.changedPrompt, this.inTransaction);
		}

		/**
		 * Which runs a node continues.
		 */
		public enum Versions {

			/** Those of any version of their workflow. */
			ANY,

			/** Those of the same version. */
			SAME

		}

	}

	/**
	 * Properties for finding workflow classes.
	 *
	 * @param enabled Whether concrete subclasses of Workflow in the application's
	 * packages become beans without being declared.
	 */
	public record Scan(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Properties for the recording and duration of runs.
	 *
	 * @param recordStart Whether a run is stored as RUNNING when it begins, not only when
	 * it ends. If not, its events are not stored. Runs that are started over HTTP in the
	 * background or with an event stream are always stored when they begin.
	 * @param maxInputSize Maximum size of the recorded input of a run. A larger input is
	 * refused. 0 is no limit.
	 * @param maxContentSize Maximum size of the recorded result of a run. The caller
	 * always gets the whole result. 0 is no limit.
	 * @param maxStateSize Maximum size of a session's state. A run that exceeds it fails.
	 * 0 is no limit.
	 * @param timeout Time after which one execution of a run is cancelled. Zero is no
	 * limit.
	 * @param deadline Time from the call of a run after which it is cancelled, with all
	 * of its pauses and executions. Zero is no limit.
	 * @param idleTimeout Time without a pull after which the run of a Stream or Iterator
	 * is cancelled. Zero is no limit.
	 * @param cancelPollInterval How often this node polls for cancel requests from other
	 * nodes while it has runs.
	 * @param interrupt Whether the thread that executes run() is interrupted when the run
	 * is cancelled. An interrupt during file I/O can close an H2 database for all
	 * connections.
	 * @param shutdownGrace How long to wait for runs in progress when the application
	 * stops. After that they are handed over, if others continue them by themselves, or
	 * else cancelled and recorded. It should be some seconds less than
	 * spring.lifecycle.timeout-per-shutdown-phase (30s).
	 * @param logFailures Whether failures of runs that were started in the background,
	 * over HTTP or by MCP are logged at ERROR with their stack trace.
	 */
	public record Runs(@DefaultValue("true") boolean recordStart, @DefaultValue("8MB") DataSize maxInputSize,
			@DefaultValue("8MB") DataSize maxContentSize, @DefaultValue("8MB") DataSize maxStateSize,
			@DefaultValue("0s") Duration timeout, @DefaultValue("0s") Duration deadline,
			@DefaultValue("10m") Duration idleTimeout, @DefaultValue("1s") Duration cancelPollInterval,
			@DefaultValue("false") boolean interrupt, @DefaultValue("20s") Duration shutdownGrace,
			@DefaultValue("true") boolean logFailures) {

		SizeLimits limits() {
			return new SizeLimits(this.maxInputSize.toBytes(), this.maxContentSize.toBytes(),
					this.maxStateSize.toBytes());
		}

	}

	/**
	 * Properties for concurrent runs of a session and its users.
	 *
	 * @param concurrency Policy when another run is in progress in the session.
	 * @param waitTimeout How long a run waits for its session if concurrency is wait.
	 * @param requireUser Whether runs and access to sessions require a user. The default
	 * is true with Spring Security's web security, otherwise false.
	 */
	public record Session(@DefaultValue("merge") SessionConcurrency concurrency,
			@DefaultValue("30s") Duration waitTimeout, @Nullable Boolean requireUser) {

	}

	/**
	 * Properties for the heartbeat of a process that has runs.
	 *
	 * @param heartbeatInterval Interval of the heartbeat.
	 * @param lease How long a process counts as alive after its last heartbeat, at least
	 * three times the interval. After that the session of a run whose process died is
	 * free.
	 * @param endOrphans Whether this process checks at each heartbeat interval for runs
	 * whose process died, and ends them as errors with the reason interrupted.
	 */
	public record Node(@DefaultValue("10s") Duration heartbeatInterval, @DefaultValue("60s") Duration lease,
			@DefaultValue("true") boolean endOrphans) {

	}

	/**
	 * Properties for the work that this process does by itself.
	 *
	 * @param enabled Whether this process executes queued runs, and continues paused runs
	 * by itself when their time has come or their question has expired. An answer that it
	 * gets continues its run in any case.
	 * @param pollInterval How often to look for queued and paused runs that are due,
	 * while there are any that will be.
	 * @param threads How many queued runs this process executes at the same time.
	 * @param type What gives queued runs to the processes.
	 * @param temporal Properties for Temporal, if it is the type.
	 */
	public record Engine(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration pollInterval,
			@DefaultValue("16") int threads, @DefaultValue("db-scheduler") EngineType type,
			@DefaultValue Temporal temporal) {

	}

	/**
	 * What gives queued runs to the processes of an application.
	 */
	public enum EngineType {

		/** A table of the application's own database. */
		DB_SCHEDULER,

		/** A Temporal service; runs and steps stay in the application's database. */
		TEMPORAL

	}

	/**
	 * Properties for Temporal.
	 *
	 * @param taskQueue Task queue of the application, which its processes share. Each
	 * application of a namespace needs one of its own.
	 */
	public record Temporal(@DefaultValue("buddy") String taskQueue) {

	}

	/**
	 * Properties of one workflow.
	 *
	 * @param name Display name of the workflow.
	 * @param description Description of the workflow, in a sentence.
	 * @param userId User of a run if nothing else determines it.
	 * @param sessionId Session of a run if nothing else determines it.
	 * @param sessionName Name of new sessions.
	 * @param sessionState Initial state of a session.
	 * @param extraData Additional data of new sessions.
	 * @param memory Limits of the session history that runs can read.
	 * @param retention How long this workflow's runs and sessions are kept.
	 * @param storage Bean name of a separate WorkflowSessionRepository for this workflow.
	 * Its runs have no stored events and are not visible over HTTP.
	 * @param payloads How much content is recorded of this workflow's runs.
	 * @param debugMode Whether the events of this workflow's runs are logged at INFO
	 * instead of DEBUG, by the logger buddy.workflows.ID.
	 * @param timeout Time after which one execution of a run is cancelled. Zero is no
	 * limit.
	 * @param deadline Time from the call of a run after which it is cancelled, with all
	 * of its pauses and executions. Zero is no limit.
	 * @param concurrency Policy when another run is in progress in the session.
	 * @param waitTimeout How long a run waits for its session if concurrency is wait.
	 * @param recover What happens to this workflow's runs whose process died.
	 * @param version Version of the workflow's code, which is recorded with each run.
	 * @param queue Limits on this workflow's queued runs, over all nodes.
	 * @param events Storage of the events of this workflow's runs.
	 * @param mcp Whether this workflow is a tool of the MCP server.
	 * @param schedule When runs of this workflow begin by themselves.
	 */
	public record WorkflowProperties(@Nullable String name, @Nullable String description, @Nullable String userId,
			@Nullable String sessionId, @Nullable String sessionName, @Nullable Map<String, Object> sessionState,
			@Nullable Map<String, Object> extraData, @Nullable Memory memory, @Nullable Retention retention,
			@Nullable String storage, @Nullable Payloads payloads, @Nullable Boolean debugMode,
			@Nullable Duration timeout, @Nullable Duration deadline, @Nullable SessionConcurrency concurrency,
			@Nullable Duration waitTimeout, @Nullable Recovery recover, @Nullable String version, @Nullable Queue queue,
			@Nullable Events events, @Nullable Mcp mcp, @Nullable Schedule schedule) {

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
				.deadline(this.deadline)
				.concurrency(this.concurrency)
				.waitTimeout(this.waitTimeout)
				.recovery(this.recover)
				.version(this.version)
				.queueLimits((this.queue != null) ? this.queue.limits() : QueueLimits.none())
				.build();
		}

		/**
		 * Converts maps with the keys "0", "1" and so on to lists, since the binder reads
		 * lists in untyped maps that way.
		 */
		static @Nullable Map<String, Object> withLists(@Nullable Map<String, Object> values) {
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
	 * Limits on a workflow's queued runs, over all nodes.
	 *
	 * @param concurrency How many queued runs of the workflow may be in progress at the
	 * same time.
	 * @param concurrencyPerKey How many of them with the same key, such as a tenant.
	 * @param rate How many queued runs of the workflow may begin within a time.
	 * @param ratePerKey How many of them with the same key.
	 */
	public record Queue(@Nullable Integer concurrency, @Nullable Integer concurrencyPerKey, @Nullable Rate rate,
			@Nullable Rate ratePerKey) {

		QueueLimits limits() {
			return QueueLimits.none()
				.concurrency(this.concurrency)
				.concurrencyPerKey(this.concurrencyPerKey)
				.rate((this.rate != null) ? this.rate.rate() : null)
				.ratePerKey((this.ratePerKey != null) ? this.ratePerKey.rate() : null);
		}

	}

	/**
	 * How many runs may begin within a time.
	 *
	 * @param runs The number of runs.
	 * @param per The time.
	 */
	public record Rate(int runs, @DefaultValue("1s") Duration per) {

		QueueLimits.Rate rate() {
			return new QueueLimits.Rate(this.runs, this.per);
		}

	}

	/**
	 * Options for how much content is recorded.
	 */
	public enum Payloads {

		/** All content, unless PayloadFilter beans change it. */
		FULL,

		/** No content, only ids, times, status, types, token counts and tool names. */
		METADATA_ONLY

	}

	/**
	 * Properties for the events of a workflow's runs.
	 *
	 * @param store Which events of this workflow's runs are stored.
	 */
	public record Events(BuddyEventsProperties.@Nullable Store store) {
	}

	/**
	 * Whether a workflow is a tool of the MCP server.
	 *
	 * @param enabled Whether the workflow is a tool of the MCP server. Overrides
	 * buddy.mcp.enabled.
	 */
	public record Mcp(@Nullable Boolean enabled) {
	}

	/**
	 * When runs of a workflow begin by themselves. What is set here takes precedence over
	 * the schedule that is declared with an annotation.
	 *
	 * @param enabled Whether the schedules that are declared for the workflow, here or
	 * with an annotation, are stored and fire.
	 * @param cron Cron expression with six fields, or a macro such as @daily.
	 * @param every Interval of the runs, instead of a cron expression.
	 * @param zone Time zone of the cron expression. The default is UTC.
	 * @param input Input of the runs by parameter name.
	 * @param userId User of the runs.
	 * @param sessionId Session of the runs. By default, each run has a new one.
	 * @param missed What becomes of fire times at which no node was there: one run makes
	 * up for all of them, or they are skipped.
	 */
	public record Schedule(@DefaultValue("true") boolean enabled, @Nullable String cron, @Nullable Duration every,
			@Nullable String zone, @Nullable Map<String, Object> input, @Nullable String userId,
			@Nullable String sessionId, @Nullable MissedFires missed) {

		/** Returns a definition with what is set here. */
		ScheduleDefinition over(ScheduleDefinition declared) {
			boolean timed = StringUtils.hasText(this.cron) || this.every != null;
			Map<String, Object> values = WorkflowProperties.withLists(this.input);
			return new ScheduleDefinition(declared.scheduleId(), declared.workflowId(),
					timed ? textOr(this.cron, null) : declared.cron(), timed ? this.every : declared.every(),
					textOr(this.zone, declared.zone()), (values != null) ? values : declared.input(),
					textOr(this.userId, declared.userId()), textOr(this.sessionId, declared.sessionId()),
					(this.missed != null) ? this.missed : declared.missed());
		}

		private static @Nullable String textOr(@Nullable String text, @Nullable String otherwise) {
			return StringUtils.hasText(text) ? text : otherwise;
		}

	}

	/**
	 * Limits of the session history that runs can read.
	 *
	 * @param runs Number of earlier runs that a run can read, 1 to 1000.
	 * @param messages Maximum number of messages that a run can read.
	 */
	public record Memory(@DefaultValue("20") int runs, @DefaultValue("200") int messages) {
	}

	/**
	 * Properties for how long a workflow's runs and sessions are kept. Values that are
	 * not set default to buddy.retention, and 0 keeps everything.
	 *
	 * @param runAge How long an ended run is kept, counted from its beginning.
	 * @param runsPerSession Number of ended runs to keep per session, newest first.
	 * @param sessionAge How long a session is kept with its runs, counted from its last
	 * use.
	 * @param pausedAge How long a run may be paused, whatever it waits for. Then it is
	 * cancelled with the reason expired.
	 */
	public record Retention(@Nullable Duration runAge, @Nullable Integer runsPerSession, @Nullable Duration sessionAge,
			@Nullable Duration pausedAge) {

		RetentionOptions options() {
			return new RetentionOptions(this.runAge, this.runsPerSession, this.sessionAge, this.pausedAge);
		}

	}

}
