package buddy.mcp;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import org.junit.jupiter.api.Test;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.workflow.Durable;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which workflows are tools, and by which names.
 */
class WorkflowToolsTests {

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private final WorkflowRegistry registry = new DefaultWorkflowRegistry(this.workflows);

	@Test
	void toolIsNamedByTheIdWithoutWhatMcpDoesNotAllow() {
		register("plan.v2", "a:b@c", "fan-out_1");

		assertThat(tools((id) -> true)).containsExactly("a_b_c", "fan-out_1", "plan_v2");
	}

	@Test
	void longNameIsCut() {
		register("x".repeat(100));

		assertThat(tools((id) -> true)).containsExactly("x".repeat(64));
	}

	@Test
	void twoOfTheSameNameAreRefusedWithBothIdsAndWhatToDo() {
		register("plan.v2", "plan:v2", "other");

		assertThatExceptionOfType(DuplicateToolException.class).isThrownBy(() -> tools((id) -> true))
			.withMessage("The workflows 'plan.v2' and 'plan:v2' would have the same MCP tool name 'plan_v2'")
			.satisfies((ex) -> assertThat(ex.action()).contains("workflowId")
				.contains("buddy.workflows.plan:v2.mcp.enabled=false"));
	}

	@Test
	void twoThatDifferAfterTheCutAreRefused() {
		register("x".repeat(64) + "1", "x".repeat(64) + "2");

		assertThatExceptionOfType(DuplicateToolException.class).isThrownBy(() -> tools((id) -> true));
	}

	@Test
	void oneOfThemMayBeATool() {
		register("plan.v2", "plan:v2");

		assertThat(tools(Set.of("plan:v2")::contains)).containsExactly("plan_v2");
	}

	@Test
	void noneIsAToolThatIsNotExposed() {
		register("one", "two");

		assertThat(tools((id) -> false)).isEmpty();
		assertThat(tools("two"::equals)).containsExactly("two");
	}

	@Test
	void workflowThatNeedsMoreThanJsonCanGiveIsNoTool() {
		this.workflows.register("upload", new Upload());
		register("one");

		assertThat(tools((id) -> true)).containsExactly("one");
	}

	@Test
	void sessionIsNoArgument() {
		this.workflows.register("owned", new Owned());

		CallToolResult result = specifications((id) -> true).get(0)
			.callHandler()
			.apply(new McpSyncServerExchange(new McpAsyncServerExchange("client", null, null, null, null)),
					CallToolRequest.builder("owned").arguments(Map.of("sessionId", "s")).build());

		assertThat(result.isError()).isTrue();
		assertThat(((TextContent) result.content().get(0)).text()).contains("'sessionId' is not an argument")
			.contains("buddy/session_id");
	}

	@Test
	void callWhoseRunPausesTellsWhatItWaitsFor() {
		Durable durable = new Durable();
		durable.proxy(new Asking());
		durable.proxy(new AskingForText());
		ToolCalls calls = new ToolCalls(durable::runs);
		for (SyncToolSpecification tool : new WorkflowTools(new DefaultWorkflowRegistry(durable.workflows()), calls,
				() -> {
				}, (id) -> true)
			.specifications()) {
			String name = tool.tool().name();
			CallToolResult result = tool.callHandler()
				.apply(new McpSyncServerExchange(new McpAsyncServerExchange("client", null, null, null, null)),
						CallToolRequest.builder(name).build());

			assertThat(result.isError()).as(name).isFalse();
			Map<?, ?> told = (Map<?, ?>) result.structuredContent();
			String run = String.valueOf(told.get("run_id"));
			assertThat(told).as(name).hasSize(5);
			assertThat(told.get("workflow_id")).isEqualTo(name);
			assertThat(told.get("session_id")).isEqualTo(durable.run(run).sessionId());
			assertThat(String.valueOf(told.get("status"))).isEqualTo("PAUSED");
			assertThat(Json.plain(told.get("waits_for"))).isEqualTo(Json.plain(durable.runs().waitsOf(run)));
			assertThat(((TextContent) result.content().get(0)).text()).contains(run, "the answer to 'approve'");
		}
	}

	private List<String> tools(Predicate<String> exposed) {
		return specifications(exposed).stream().map((specification) -> specification.tool().name()).toList();
	}

	private List<SyncToolSpecification> specifications(Predicate<String> exposed) {
		return new WorkflowTools(this.registry, new ToolCalls(() -> {
			throw new AssertionError("nothing is cancelled");
		}), () -> {
		}, exposed).specifications();
	}

	private void register(String... ids) {
		for (String id : ids) {
			this.workflows.register(id, new Named(id));
		}
	}

	static class Named extends Workflow {

		Named(String id) {
			super(WorkflowSettings.builder().workflowId(id).build());
		}

		void run() {
		}

	}

	static class Upload extends Workflow {

		void run(InputStream file) {
		}

	}

	static class Owned extends Workflow {

		void run(@SessionId String sessionId) {
			throw new AssertionError("it must not be called");
		}

	}

	static class Asking extends Workflow {

		RunResponse run() {
			return RunResponse.of(awaitInput("approve", Boolean.class));
		}

	}

	static class AskingForText extends Workflow {

		String run() {
			return awaitInput("approve", String.class);
		}

	}

}
