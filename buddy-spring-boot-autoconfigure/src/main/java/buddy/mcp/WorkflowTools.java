package buddy.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunWait;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;

/**
 * Creates a tool for each workflow.
 *
 * <p>
 * A call runs the workflow on the request's thread, so that it has the user of the
 * request. The session is taken from the request's {@code _meta} field
 * {@value #SESSION_META}, or else resolved as for any other call. The result contains its
 * id.
 */
public final class WorkflowTools {

	/** The field of a request's {@code _meta} with the session to continue. */
	public static final String SESSION_META = "buddy/session_id";

	private static final Logger logger = LoggerFactory.getLogger(WorkflowTools.class);

	private static final int MAX_NAME = 64;

	private static final List<String> RESULT = List.of("run_id", "session_id", "workflow_id", "status", "content",
			"content_type", "extra_data", "waits_for");

	private static final List<String> PAUSED = List.of("run_id", "session_id", "workflow_id", "status", "waits_for");

	private static final Map<String, Object> OUTPUT_SCHEMA = Map.of("type", "object", "properties",
			Map.of("run_id", Map.of("type", "string"), "session_id",
					Map.of("type", "string", "description",
							"Send it as _meta field \"" + SESSION_META + "\" to go on."),
					"workflow_id", Map.of("type", "string"), "status", Map.of("type", "string"), "content", Map.of(),
					"content_type", Map.of("type", "string"), "extra_data", Map.of("type", "object"), "waits_for",
					Map.of("type", "array", "description",
							"What the run waits for while its status is PAUSED: the answer of a person, or a time.",
							"items", Map.of("type", "object"))),
			"required", List.of("run_id", "session_id", "workflow_id", "status"));

	private final WorkflowRegistry registry;

	private final ToolCalls calls;

	private final ToolGuard guard;

	private final Predicate<String> exposed;

	/**
	 * Creates the tools of an application's workflows.
	 * @param registry the workflows
	 * @param calls the calls in progress
	 * @param guard decides who may call them
	 * @param exposed whether a workflow is a tool, by its id
	 */
	public WorkflowTools(WorkflowRegistry registry, ToolCalls calls, ToolGuard guard, Predicate<String> exposed) {
		this.registry = registry;
		this.calls = calls;
		this.guard = guard;
		this.exposed = exposed;
	}

	/**
	 * Returns the tools of a synchronous server that keeps sessions.
	 * @return a tool for each exposed workflow, by workflow id
	 * @throws DuplicateToolException if two workflows have the same tool name
	 */
	public List<SyncToolSpecification> specifications() {
		return tools((tool, workflow) -> new SyncToolSpecification(tool,
				(exchange, request) -> call(workflow, request, this.calls.begin(exchange.transportContext(),
						exchange::progressNotification, request.progressToken()))));
	}

	/**
	 * Returns the tools of an asynchronous server that keeps sessions.
	 * @param immediate whether a workflow runs on the thread that serves the request, and
	 * not on one that may block
	 * @return a tool for each exposed workflow, by workflow id
	 * @throws DuplicateToolException if two workflows would have one name
	 */
	public List<AsyncToolSpecification> asyncSpecifications(boolean immediate) {
		return tools((tool, workflow) -> new AsyncToolSpecification(tool, (exchange, request) -> mono(immediate,
				() -> call(workflow, request, this.calls.begin(exchange.transportContext(),
						(progress) -> tell(exchange.progressNotification(progress)), request.progressToken())))));
	}

	/**
	 * Returns the tools of a synchronous server without sessions. It tells no progress,
	 * and its calls cannot be cancelled.
	 * @return a tool for each exposed workflow, by workflow id
	 * @throws DuplicateToolException if two workflows would have one name
	 */
	public List<McpStatelessServerFeatures.SyncToolSpecification> statelessSpecifications() {
		return tools((tool, workflow) -> new McpStatelessServerFeatures.SyncToolSpecification(tool,
				(context, request) -> call(workflow, request, this.calls.begin(null, WorkflowTools::ignore, null))));
	}

	/**
	 * Returns the tools of an asynchronous server without sessions. It tells no progress,
	 * and its calls cannot be cancelled.
	 * @param immediate whether a workflow runs on the thread that serves the request, and
	 * not on one that may block
	 * @return a tool for each exposed workflow, by workflow id
	 * @throws DuplicateToolException if two workflows would have one name
	 */
	public List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsyncSpecifications(boolean immediate) {
		return tools((tool, workflow) -> new McpStatelessServerFeatures.AsyncToolSpecification(tool,
				(context, request) -> mono(immediate,
						() -> call(workflow, request, this.calls.begin(null, WorkflowTools::ignore, null)))));
	}

	/**
	 * Returns whether no workflow is a tool.
	 * @return whether there are none
	 */
	public boolean isEmpty() {
		return this.registry.published().stream().noneMatch((workflow) -> this.exposed.test(workflow.workflowId()));
	}

	private <T> List<T> tools(BiFunction<Tool, WorkflowDescriptor, T> specification) {
		Map<String, String> idByName = new LinkedHashMap<>();
		List<T> tools = new ArrayList<>();
		for (WorkflowDescriptor workflow : this.registry.published()) {
			if (this.exposed.test(workflow.workflowId())) {
				String name = name(workflow.workflowId());
				String other = idByName.put(name, workflow.workflowId());
				if (other != null) {
					throw new DuplicateToolException(name, other, workflow.workflowId());
				}
				tools.add(specification.apply(tool(name, workflow), workflow));
				this.calls.add(name);
			}
		}
		return tools;
	}

	private static Mono<CallToolResult> mono(boolean immediate, Supplier<CallToolResult> call) {
		Mono<CallToolResult> result = Mono.fromSupplier(call);
		return immediate ? result : result.subscribeOn(Schedulers.boundedElastic());
	}

	private static void ignore(ProgressNotification progress) {
		// stateless clients take no notifications
	}

	/** Sends a notification; a client that has gone away is ignored. */
	private static void tell(Mono<Void> progress) {
		progress.onErrorComplete().subscribe();
	}

	/** Returns a tool name with the characters that MCP and model providers allow. */
	private static String name(String workflowId) {
		String name = workflowId.replaceAll("[^A-Za-z0-9_-]", "_");
		return name.substring(0, Math.min(name.length(), MAX_NAME));
	}

	private static Tool tool(String name, WorkflowDescriptor workflow) {
		return Tool.builder(name, workflow.inputSchema())
			.title(workflow.name())
			.description(workflow.description().isEmpty() ? workflow.name() : workflow.description())
			.outputSchema(OUTPUT_SCHEMA)
			.build();
	}

	private CallToolResult call(WorkflowDescriptor workflow, CallToolRequest request, ToolCall call) {
		String workflowId = workflow.workflowId();
		try {
			this.guard.check();
			Object session = (request.meta() != null) ? request.meta().get(SESSION_META) : null;
			if (session != null && !(session instanceof String)) {
				return refusal("The field '" + SESSION_META + "' of _meta must be a text");
			}
			Map<String, Object> input = (request.arguments() != null) ? request.arguments() : Map.of();
			String id = idIn(input, workflow);
			if (id != null) {
				return refusal("'" + id + "' is not an argument; pass the session as the request's _meta field \""
						+ SESSION_META + "\"; the user is the one who makes the request");
			}
			StartOptions options = StartOptions.here().onBegin((runId) -> this.calls.begun(call, runId));
			StartedRun run = scope(request).call(() -> this.registry.start(workflowId, input, options));
			return result(workflowId, run.response().toCompletableFuture().join());
		}
		catch (CompletionException ex) {
			return failure(workflowId, call, (ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (RuntimeException ex) {
			return failure(workflowId, call, ex);
		}
		finally {
			this.calls.end(call);
		}
	}

	/**
	 * Returns the name of an id in the arguments, which a server that does not validate
	 * arguments lets through.
	 */
	private static @Nullable String idIn(Map<String, Object> input, WorkflowDescriptor workflow) {
		return workflow.parameters()
			.stream()
			.filter((parameter) -> parameter.kind() == Kind.SESSION_ID || parameter.kind() == Kind.USER_ID)
			.map(InputParameter::name)
			.filter(input::containsKey)
			.findFirst()
			.orElse(null);
	}

	private static WorkflowScope scope(CallToolRequest request) {
		Object session = (request.meta() != null) ? request.meta().get(SESSION_META) : null;
		return (session instanceof String id) ? WorkflowScope.session(id) : WorkflowScope.empty();
	}

	private static CallToolResult result(String workflowId, RunResponse response) {
		Map<String, @Nullable Object> whole = response.toMap();
		whole.keySet().retainAll(RESULT);
		String text = response.contentAsString();
		if (response.isPaused()) {
			RunPausedException paused = new RunPausedException(String.valueOf(response.runId()), response.waitsFor());
			whole.keySet().retainAll(PAUSED);
			whole.put("workflow_id", workflowId);
			whole.put("waits_for", response.waitsFor().stream().map(RunWait::toMap).toList());
			text = String.valueOf(paused.getMessage());
		}
		return CallToolResult.builder()
			.content(List.of(TextContent.builder(text).build()))
			.structuredContent(whole)
			.isError(false)
			.build();
	}

	/**
	 * Returns the message of buddy's own exceptions. Exceptions of the workflow's code
	 * may contain secrets, so their messages are only in the run's record.
	 */
	private static CallToolResult failure(String workflowId, ToolCall call, Throwable cause) {
		String runId = call.runId();
		String run = (runId != null) ? " (run " + runId + ")" : "";
		String message;
		if (cause.getClass().getPackageName().startsWith("buddy.")) {
			message = String.valueOf(cause.getMessage());
		}
		else {
			logger.warn("The workflow '{}' failed as an MCP tool{}: {}", workflowId, run, cause.getClass().getName());
			message = "The workflow '" + workflowId + "' failed" + run;
		}
		return refusal(message);
	}

	private static CallToolResult refusal(String message) {
		return CallToolResult.builder().content(List.of(TextContent.builder(message).build())).isError(true).build();
	}

}
