package sample.operations;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import sample.workflows.ResearchWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One trace from the request to the model and one scrape of the metrics, over real ports.
 */
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:observed-run", "spring.profiles.active=openai",
				"management.tracing.sampling.probability=1" })
class ObservedRunTests {

	/** No bean: Boot would export to it in batches, too. */
	private static final InMemorySpanExporter spans = InMemorySpanExporter.create();

	private static final HttpServer model = model();

	private final HttpClient client = HttpClient.newHttpClient();

	private int requests;

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void model(DynamicPropertyRegistry properties) {
		properties.add("spring.ai.openai.base-url", () -> "http://127.0.0.1:" + model.getAddress().getPort() + "/v1");
	}

	@AfterAll
	static void stopModel() {
		model.stop(0);
	}

	@BeforeEach
	void forgetSpans() {
		spans.reset();
	}

	/** Those of requests end after their responses, and are none of the next test's. */
	@AfterEach
	void awaitSpansOfRequests() {
		Awaitility.await()
			.until(() -> spans.getFinishedSpanItems()
				.stream()
				.filter((span) -> span.getKind() == SpanKind.SERVER)
				.count() == this.requests);
	}

	@Test
	void requestRunNestedRunAgentAndModelAreOneTrace() throws Exception {
		assertThat(get("/report?session=trace-1&topic=fusion").statusCode()).isEqualTo(200);

		SpanData request = span((span) -> span.getName().equals("http get /report"));
		SpanData report = span((span) -> span.getName().equals("invoke_workflow report"));
		SpanData research = span((span) -> span.getName().equals("invoke_workflow research"));
		SpanData agent = span((span) -> span.getName().equals("invoke_agent researcher"));
		SpanData chatClient = span((span) -> span.getName().equals("spring_ai chat_client"));
		SpanData chat = span((span) -> span.getName().equals("chat gpt-5-mini"));
		assertThat(spans.getFinishedSpanItems()).extracting(SpanData::getTraceId).containsOnly(request.getTraceId());
		assertThat(report.getParentSpanId()).isEqualTo(request.getSpanId());
		assertThat(research.getParentSpanId()).isEqualTo(report.getSpanId());
		assertThat(agent.getParentSpanId()).isEqualTo(research.getSpanId());
		assertThat(chatClient.getParentSpanId()).isEqualTo(agent.getSpanId());
		assertThat(ancestors(chat)).contains(chatClient.getSpanId());
		assertThat(attribute(report, "gen_ai.conversation.id")).isEqualTo("trace-1");
		assertThat(attribute(report, "buddy.run.status")).isEqualTo("completed");
		assertThat(attribute(research, "buddy.run.parent_id")).isEqualTo(attribute(report, "buddy.run.id"));
		assertThat(attribute(agent, "gen_ai.usage.input_tokens")).isEqualTo("21");
		assertThat(spans.getFinishedSpanItems())
			.noneMatch((span) -> span.getAttributes().toString().contains("Fusion joins"));
	}

	@Test
	void failureMarksTheSpansOfRequestAndRun() throws Exception {
		assertThat(get("/report?session=trace-2&topic=trouble").statusCode()).isEqualTo(500);

		SpanData report = span((span) -> span.getName().equals("invoke_workflow report"));
		assertThat(report.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(attribute(report, "error.type")).isEqualTo(IllegalStateException.class.getName());
		assertThat(attribute(report, "buddy.run.status")).isEqualTo("error");
	}

	@Test
	void prometheusScrapeTellsRunsAgentsAndTokens() throws Exception {
		get("/report?session=scrape-1&topic=fusion");
		get("/report?session=scrape-2&topic=trouble");
		String scrape = get("/actuator/prometheus").body();

		assertThat(lines(scrape, "buddy_run_seconds_count{"))
			.anyMatch((line) -> line.contains("buddy_workflow_id=\"report\"")
					&& line.contains("buddy_run_status=\"completed\""))
			.anyMatch((line) -> line.contains("buddy_workflow_id=\"report\"")
					&& line.contains("buddy_run_status=\"error\"")
					&& line.contains("error_type=\"java.lang.IllegalStateException\""));
		assertThat(lines(scrape, "buddy_run_active_seconds")).isNotEmpty();
		assertThat(lines(scrape, "buddy_agent_call_seconds_count{"))
			.anyMatch((line) -> line.contains("buddy_workflow_id=\"research\"")
					&& line.contains("gen_ai_request_model=\"gpt-5-mini\""));
		assertThat(lines(scrape, "buddy_agent_tokens_total{"))
			.anyMatch((line) -> line.contains("buddy_workflow_id=\"research\"")
					&& line.contains("gen_ai_token_type=\"input\""));
		assertThat(lines(scrape, "buddy_runs_running")).containsExactly("buddy_runs_running 0.0");
		assertThat(lines(scrape, "buddy_runs_waiting")).containsExactly("buddy_runs_waiting 0.0");
		assertThat(lines(scrape, "buddy_runs_failed_total{")).isNotEmpty();
		assertThat(lines(scrape, "gen_ai_client_token_usage_total{")).as("what Spring AI counts").isNotEmpty();
		assertThat(scrape).doesNotContain("scrape-1").doesNotContain("scrape-2");
	}

	private SpanData span(Predicate<SpanData> wanted) {
		// the request's span ends after its response
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> spans.getFinishedSpanItems().stream().anyMatch(wanted));
		return spans.getFinishedSpanItems().stream().filter(wanted).findFirst().orElseThrow();
	}

	private List<String> ancestors(SpanData span) {
		List<SpanData> all = spans.getFinishedSpanItems();
		List<String> ancestors = new ArrayList<>();
		String parent = span.getParentSpanId();
		while (parent != null) {
			ancestors.add(parent);
			String wanted = parent;
			parent = all.stream()
				.filter((one) -> one.getSpanId().equals(wanted))
				.map(SpanData::getParentSpanId)
				.findFirst()
				.orElse(null);
		}
		return ancestors;
	}

	private static String attribute(SpanData span, String key) {
		return span.getAttributes().get(AttributeKey.stringKey(key));
	}

	private static List<String> lines(String scrape, String start) {
		return scrape.lines().filter((line) -> line.startsWith(start)).toList();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		this.requests++;
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	/** Answers as OpenAI's API does. */
	private static HttpServer model() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			byte[] answer = """
					{"id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-5-mini",
					 "choices": [{"index": 0, "finish_reason": "stop",
					   "message": {"role": "assistant", "content": "Fusion joins nuclei."}}],
					 "usage": {"prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 25}}
					""".getBytes(StandardCharsets.UTF_8);
			server.createContext("/v1/chat/completions", (exchange) -> {
				exchange.getRequestBody().readAllBytes();
				exchange.getResponseHeaders().add("content-type", "application/json");
				exchange.sendResponseHeaders(200, answer.length);
				exchange.getResponseBody().write(answer);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Observing {

		@Bean
		SpanProcessor inMemorySpans() {
			return SimpleSpanProcessor.create(spans);
		}

		@Bean
		ReportWorkflow reportWorkflow(ResearchWorkflow research) {
			return new ReportWorkflow(research);
		}

		@Bean
		ReportController reportController(ReportWorkflow report) {
			return new ReportController(report);
		}

	}

	/** Calls another workflow. */
	static class ReportWorkflow extends Workflow {

		private final ResearchWorkflow research;

		ReportWorkflow(ResearchWorkflow research) {
			this.research = research;
		}

		public RunResponse run(@SessionId String sessionId, String topic) {
			if (topic.equals("trouble")) {
				throw new IllegalStateException("there is trouble");
			}
			return this.research.run(null, topic);
		}

	}

	@RestController
	static class ReportController {

		private final ReportWorkflow report;

		ReportController(ReportWorkflow report) {
			this.report = report;
		}

		@GetMapping("/report")
		RunResponse report(@RequestParam String session, @RequestParam String topic) {
			return this.report.run(session, topic);
		}

	}

}
