package buddy.actuate;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import buddy.run.RunStatus;
import buddy.workflow.WorkflowDescriptor;

/**
 * The response of the endpoint: the workflows, and their unfinished and parked runs.
 *
 * @param nodeId the id of this process in the store, if the store keeps nodes
 * @param workflows the workflows
 * @param liveRuns the runs of this process, oldest first
 * @param unfinishedRuns the unfinished runs in the store, newest first
 * @param moreUnfinishedRuns whether the store has more of them
 * @param interruptedRuns the number of runs of all workflows that are in progress and
 * that nobody executes, since their process died
 * @param pausedRuns the number of runs of all workflows that wait for a person or a time,
 * or {@code null} if the store does not tell it
 * @param queuedRuns the number of queued runs of all workflows that no process has begun,
 * counted up to 10,000, or {@code null} if the store does not tell it
 * @param parkedRuns the runs that have ended as an error although their code has not
 * failed, and wait for a person, among the newest 200 runs of all workflows; newest first
 * @param nodes the processes of the application that the store knows, those that have
 * started last first
 * @param storeError why the store could not be queried, or {@code null}
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record WorkflowsReport(@Nullable String nodeId, List<WorkflowEntry> workflows, List<LiveEntry> liveRuns,
		List<UnfinishedEntry> unfinishedRuns, boolean moreUnfinishedRuns, int interruptedRuns,
		@Nullable Long pausedRuns, @Nullable Long queuedRuns, List<ParkedEntry> parkedRuns, List<NodeEntry> nodes,
		@Nullable String storeError) implements OperationResponseBody {

	/**
	 * A process of the application.
	 *
	 * @param nodeId its id
	 * @param startedAt when it was seen first
	 * @param seenAt when it was seen last
	 * @param expiresAt when it counts as dead unless it is seen again
	 * @param alive whether it counts as alive
	 * @param runs the number of runs in progress that it owns
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record NodeEntry(String nodeId, Instant startedAt, Instant seenAt, Instant expiresAt, boolean alive, long runs) {
	}

	/**
	 * A workflow.
	 *
	 * @param workflowId its id
	 * @param name its display name
	 * @param description what it does
	 * @param workflowClass its class
	 * @param input the parameters of {@code run()}, in order
	 * @param inputSchema the JSON Schema of its input over HTTP or as a tool
	 * @param returns the type that {@code run()} returns
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record WorkflowEntry(String workflowId, String name, String description, String workflowClass,
			List<ParameterEntry> input, Map<String, Object> inputSchema, String returns) {

		static WorkflowEntry of(WorkflowDescriptor workflow) {
			return new WorkflowEntry(workflow.workflowId(), workflow.name(), workflow.description(),
					workflow.workflowClass().getName(),
					workflow.parameters()
						.stream()
						.map((parameter) -> new ParameterEntry(parameter.name(), nameOf(parameter.type()),
								parameter.kind().name()))
						.toList(),
					workflow.inputSchema(), nameOf(workflow.returnType()));
		}

		private static String nameOf(Type type) {
			return type.getTypeName();
		}

	}

	/**
	 * A parameter of {@code run()}.
	 *
	 * @param name its name
	 * @param type its Java type
	 * @param kind its kind: {@code DATA}, {@code SESSION_ID}, {@code USER_ID},
	 * {@code NOT_RECORDED}
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record ParameterEntry(String name, String type, String kind) {
	}

	/**
	 * A run of this process.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param sessionId its session
	 * @param parentRunId the run that called it
	 * @param status its status
	 * @param createdAt when it began
	 * @param ageSeconds the seconds since then
	 * @param ownerNode this process
	 * @param cancelReason why it was asked to stop
	 * @param userId its user, if values are shown
	 * @param input its arguments, if values are shown
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record LiveEntry(String runId, String workflowId, String sessionId, @Nullable String parentRunId, RunStatus status,
			Instant createdAt, double ageSeconds, @Nullable String ownerNode, @Nullable String cancelReason,
			@Nullable Object userId, Map<String, @Nullable Object> input) {
	}

	/**
	 * An unfinished run in the store.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param sessionId its session
	 * @param status its status
	 * @param createdAt when it began
	 * @param ageSeconds the seconds since then
	 * @param ownerNode the process that executes it
	 * @param ownerAlive whether that process counts as alive; if not, the run was
	 * interrupted
	 * @param ownerStartedAt when that process was first seen
	 * @param ownerSeenAt when that process was last seen
	 * @param cancelReason why it was asked to stop
	 * @param userId its user, if values are shown
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record UnfinishedEntry(String runId, String workflowId, String sessionId, RunStatus status, Instant createdAt,
			double ageSeconds, @Nullable String ownerNode, boolean ownerAlive, @Nullable Instant ownerStartedAt,
			@Nullable Instant ownerSeenAt, @Nullable String cancelReason, @Nullable Object userId) {
	}

	/**
	 * A parked run.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param sessionId its session
	 * @param reason why it has stopped, such as {@code interrupted}
	 * @param createdAt when it began
	 * @param endedAt when it stopped
	 * @param userId its user, if values are shown
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record ParkedEntry(String runId, String workflowId, String sessionId, String reason, Instant createdAt,
			@Nullable Instant endedAt, @Nullable Object userId) {
	}

	/**
	 * The response to a request to cancel a run.
	 *
	 * @param runId the run
	 * @param cancelled whether there was such an unfinished run, which was asked to stop
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record CancelReport(String runId, boolean cancelled) implements OperationResponseBody {
	}

}
