package sample.mcp;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.mcp.client.common.autoconfigure.McpClientAutoConfiguration;
import org.springframework.ai.mcp.client.httpclient.autoconfigure.StreamableHttpHttpClientTransportAutoConfiguration;
import org.springframework.ai.mcp.customizer.McpClientCustomizer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import buddy.json.internal.Json;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's workflows as tools, called over HTTP by the client of Spring AI.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:sample-mcp", "buddy.workflows.stream.mcp.enabled=false",
				"buddy.workflows.streaming.mcp.enabled=false" })
class McpToolTests {

	private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();

	@LocalServerPort
	private int port;

	@Autowired
	private WorkflowSessions sessions;

	@Autowired
	private WaitingWorkflow waiting;

	private ConfigurableApplicationContext client;

	@BeforeEach
	void connect() {
		this.client = new SpringApplicationBuilder(ClientConfiguration.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory()
				.registerSingleton("progressRecorder", new ProgressRecorder(this.progress)))
			.properties("spring.config.name=none", "spring.main.banner-mode=off",
					"spring.ai.mcp.client.streamable-http.connections.sample.url=http://localhost:" + this.port)
			.run();
	}

	@AfterEach
	void disconnect() {
		this.client.close();
	}

	@Test
	void everyWorkflowButThoseThatOptOutIsAToolWithItsSchema() {
		List<Tool> tools = mcp().listTools().tools();
		assertThat(tools).extracting(Tool::name)
			.contains("research", "refine", "support", "fan-out", "counter")
			.doesNotContain("streaming");
		Tool research = tools.stream().filter((tool) -> tool.name().equals("research")).findFirst().orElseThrow();
		assertThat(research.description()).isEqualTo("Research a topic and write a summary.");
		assertThat(research.inputSchema()).containsEntry("properties", Map.of("topic", Map.of("type", "string")))
			.containsEntry("required", List.of("topic"))
			.containsEntry("additionalProperties", false);
	}

	@Test
	void toolRunsTheWorkflowAndTellsItsSession() {
		CallToolResult result = call("research", Map.of("topic", "fusion"), Map.of());
		assertThat(result.isError()).isFalse();
		assertThat(text(result)).startsWith("Summary of fusion:");
		assertThat(structured(result)).containsEntry("status", "COMPLETED")
			.containsEntry("workflow_id", "research")
			.containsEntry("content", text(result));
		assertThat(this.sessions.find(structured(result).get("session_id").toString()).orElseThrow().sessionState())
			.containsEntry("topics", List.of("fusion"));
	}

	@Test
	void decimalsAreExact() {
		Map<String, Object> price = Map.of("price", new BigDecimal("9.90"));
		assertThat(text(call("amount", Map.of("amounts", price), Map.of()))).isEqualTo("{\"price\":9.90}");
		BigDecimal large = new BigDecimal("12345678901234567.89");
		CallToolResult result = call("amount", Map.of("amounts", Map.of("large", large)), Map.of());
		assertThat(text(result)).isEqualTo("{\"large\":12345678901234567.89}");
		assertThat(this.sessions.runs(structured(result).get("session_id").toString(), RunPage.first(1)).items())
			.singleElement()
			.satisfies((run) -> assertThat(run.input()).isEqualTo(Map.of("amounts", Map.of("large", large))));
	}

	@Test
	void sessionOfTheMetaFieldIsContinued() {
		assertThat(structured(call("counter", Map.of(), Map.of("buddy/session_id", "mcp-1")))).containsEntry("content",
				1);
		assertThat(structured(call("counter", Map.of(), Map.of("buddy/session_id", "mcp-1")))).containsEntry("content",
				2);
	}

	@Test
	void eventsAreProgressForWhoAsksForIt() {
		call("support", Map.of("question", "Where is my parcel"), Map.of("progressToken", "p1"));
		// the client hands them to its consumer on several threads
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.progress).isNotEmpty()
				.extracting(ProgressNotification::progress)
				.containsExactlyInAnyOrderElementsOf(
						DoubleStream.iterate(1, (i) -> i + 1).limit(this.progress.size()).boxed().toList()));
		call("support", Map.of("question", "Where is my parcel"), Map.of());
		assertThat(this.progress).allMatch((notification) -> notification.progressToken().equals("p1"))
			.extracting(ProgressNotification::message)
			.anyMatch((text) -> text.contains("WorkflowStarted"));
	}

	@Test
	void customEventIsToldByItsNameAndContent() {
		call("refine", Map.of("brief", "batteries"), Map.of("progressToken", 7));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.progress).extracting(ProgressNotification::message)
				.anyMatch((text) -> text.startsWith("round: {")));
	}

	@Test
	void wrongInputIsAnErrorOfTheToolThatSaysWhatIsWrong() {
		CallToolResult result = call("research", Map.of("topic", 7), Map.of());
		assertThat(result.isError()).isTrue();
		assertThat(text(result)).contains("topic").doesNotContain("\tat ");
		assertThat(call("research", Map.of("topic", "tea", "colour", "red"), Map.of()).isError()).isTrue();
		assertThat(call("research", Map.of("topic", "tea"), Map.of("buddy/session_id", "bad id")).isError()).isTrue();
	}

	@Test
	void failureOfTheWorkflowIsAnErrorWithoutWhatTheExceptionSays() {
		CallToolResult result = call("failing", Map.of(), Map.of());
		assertThat(result.isError()).isTrue();
		assertThat(text(result)).contains("failing").doesNotContain("k-123").doesNotContain("\tat ");
	}

	@Test
	void cancelledRequestCancelsItsRun() throws Exception {
		HttpClient http = HttpClient.newHttpClient();
		HttpResponse<String> initialized = http.send(request(null, """
				{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",
				"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""").build(),
				HttpResponse.BodyHandlers.ofString());
		String session = initialized.headers().firstValue("Mcp-Session-Id").orElseThrow();
		http.send(request(session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").build(),
				HttpResponse.BodyHandlers.discarding());
		CompletableFuture<HttpResponse<String>> called = http.sendAsync(request(session, """
				{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{"name":"waiting","arguments":{},
				"_meta":{"buddy/session_id":"mcp-cancel"}}}""").build(), HttpResponse.BodyHandlers.ofString());
		assertThat(this.waiting.begun().await(30, TimeUnit.SECONDS)).isTrue();
		http.send(request(session, """
				{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":42,"reason":"too slow"}}""")
			.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(called.get(30, TimeUnit.SECONDS).body()).contains("\"isError\":true").contains("cancelled");
		assertThat(this.sessions.runs("mcp-cancel", RunPage.first(1)).items()).singleElement().satisfies((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
			assertThat(run.failure().message()).contains("too slow");
		});
	}

	private HttpRequest.Builder request(String session, String json) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/mcp"))
			.header("Content-Type", "application/json")
			.header("Accept", "application/json, text/event-stream")
			.POST(HttpRequest.BodyPublishers.ofString(json));
		return (session != null) ? request.header("Mcp-Session-Id", session) : request;
	}

	@SuppressWarnings("unchecked")
	private McpSyncClient mcp() {
		return ((List<McpSyncClient>) this.client.getBean("mcpSyncClients")).get(0);
	}

	private CallToolResult call(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
		return mcp().callTool(new CallToolRequest(tool, arguments, meta));
	}

	private static String text(CallToolResult result) {
		return ((TextContent) result.content().get(0)).text();
	}

	private static Map<String, Object> structured(CallToolResult result) {
		return Json.readMap(Json.write(result.structuredContent()));
	}

	/** Of the client alone: no configuration that the sample would find. */
	@ImportAutoConfiguration({ StreamableHttpHttpClientTransportAutoConfiguration.class,
			McpClientAutoConfiguration.class })
	static class ClientConfiguration {

	}

	/** A class, because a lambda does not tell which clients it is for. */
	record ProgressRecorder(List<ProgressNotification> heard) implements McpClientCustomizer<McpClient.SyncSpec> {

		@Override
		public void customize(String name, McpClient.SyncSpec spec) {
			spec.progressConsumer(this.heard::add);
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		WaitingWorkflow waitingWorkflow() {
			return new WaitingWorkflow();
		}

		@Bean
		AmountWorkflow amountWorkflow() {
			return new AmountWorkflow();
		}

		@Bean
		FailingWorkflow failingWorkflow() {
			return new FailingWorkflow();
		}

	}

	static class AmountWorkflow extends Workflow {

		public Map<String, Object> run(Map<String, Object> amounts) {
			return amounts;
		}

	}

	static class FailingWorkflow extends Workflow {

		public void run() {
			throw new IllegalStateException("the key is k-123");
		}

	}

	static class WaitingWorkflow extends Workflow {

		private final CountDownLatch begun = new CountDownLatch(1);

		CountDownLatch begun() {
			return this.begun;
		}

		public void run() {
			this.begun.countDown();
			while (!cancelled()) {
				Thread.onSpinWait();
			}
			emit(RunResponseEvent.custom("never told", null));
		}

	}

}
