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
 * The answer of the endpoint: the workflows, and the runs that have not ended.
 *
 * @param nodeId the id of this process in the store, where that keeps who runs what
 * @param workflows the workflows
 * @param liveRuns the runs of this process, oldest first
 * @param unfinishedRuns the runs that the store has as not ended, newest first
 * @param moreUnfinishedRuns whether the store has more of them
 * @param storeError why the store could not be asked, if it could not
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record WorkflowsReport(@Nullable String nodeId, List<WorkflowEntry> workflows, List<LiveEntry> liveRuns,
		List<UnfinishedEntry> unfinishedRuns, boolean moreUnfinishedRuns,
		@Nullable String storeError) implements OperationResponseBody {

	/**
	 * A workflow.
	 *
	 * @param workflowId its id
	 * @param name its name for people
	 * @param description what it does
	 * @param workflowClass its class
	 * @param input what {@code run()} takes, in order
	 * @param inputSchema the JSON Schema of the input that it is started with over HTTP
	 * or as a tool
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
	 * @param kind what it carries: {@code DATA}, {@code SESSION_ID}, {@code USER_ID},
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
	 * @param status where it stands
	 * @param createdAt when it began
	 * @param ageSeconds how long ago that is
	 * @param ownerNode this process
	 * @param cancelReason why it was asked to stop
	 * @param userId whose it is, where values are shown
	 * @param input its arguments, where values are shown
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record LiveEntry(String runId, String workflowId, String sessionId, @Nullable String parentRunId, RunStatus status,
			Instant createdAt, double ageSeconds, @Nullable String ownerNode, @Nullable String cancelReason,
			@Nullable Object userId, Map<String, @Nullable Object> input) {
	}

	/**
	 * A run that the store has as not ended.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param sessionId its session
	 * @param status where it stands
	 * @param createdAt when it began
	 * @param ageSeconds how long ago that is
	 * @param ownerNode the process that runs it
	 * @param ownerAlive whether that process counts as alive: if not, the run was
	 * interrupted
	 * @param ownerStartedAt when that process was first seen
	 * @param ownerSeenAt when that process was last seen
	 * @param cancelReason why it was asked to stop
	 * @param userId whose it is, where values are shown
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record UnfinishedEntry(String runId, String workflowId, String sessionId, RunStatus status, Instant createdAt,
			double ageSeconds, @Nullable String ownerNode, boolean ownerAlive, @Nullable Instant ownerStartedAt,
			@Nullable Instant ownerSeenAt, @Nullable String cancelReason, @Nullable Object userId) {
	}

	/**
	 * The answer to a request to cancel a run.
	 *
	 * @param runId the run
	 * @param cancelled whether there was such a run that had not ended, which was asked
	 * to stop
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record CancelReport(String runId, boolean cancelled) implements OperationResponseBody {
	}

}
