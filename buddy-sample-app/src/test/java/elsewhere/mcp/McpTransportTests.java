package elsewhere.mcp;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every transport has the tools, and the guards of the routes.
 */
@ParameterizedClass
@MethodSource("elsewhere.mcp.McpTransport#forCalls")
@ExtendWith(OutputCaptureExtension.class)
class McpTransportTests {

	private static McpApplication application;

	private final McpTransport transport;

	private McpTestClient client;

	McpTransportTests(McpTransport transport) {
		this.transport = transport;
	}

	@BeforeParameterizedClassInvocation
	static void start(McpTransport transport) {
		application = McpApplication.start(transport, new Class<?>[0], "--buddy.web.max-request-size=20KB",
				"--buddy.web.max-in-flight-size=30KB");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@BeforeEach
	void connect() throws Exception {
		application.gate().shut();
		this.client = McpTestClient.open(this.transport, application, "");
	}

	@AfterEach
	void disconnect() {
		application.gate().open();
		this.client.close();
	}

	@Test
	void toolRunsTheWorkflowInItsSession() throws Exception {
		assertThat(this.client.tools(1)).contains("name=echo").contains("name=gated");
		assertThat(this.client.tool(2, "echo", "mine")).contains("\"isError\":false").contains("hello");
		assertThat(application.runOf("mine").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.client.tool(3, "echo", "not an id")).contains("\"isError\":true");
	}

	@Test
	void clientsThatTheRoutesRefuseAreRefused() throws Exception {
		String call = McpTestClient.toolCall(1, "echo", "refused", "a");
		for (Map<String, String> headers : List.of(Map.of("Origin", "http://evil.example"),
				Map.of("X-Forwarded-For", "192.0.2.2"), Map.of("Via", "1.1 proxy"))) {
			HttpResponse<String> answer = this.client.post(call, headers);
			assertThat(answer.statusCode()).isEqualTo(403);
			assertThat(answer.body()).contains("urn:buddy:problem:forbidden-client");
		}
		for (String path : this.transport.paths()) {
			for (String host : List.of("evil.example", "badcafe.cc", "127.0.0.1.cc")) {
				assertThat(this.client.byName(host, path.equals("/sse") ? "GET" : "POST", path)).as(path + " " + host)
					.isEqualTo("HTTP/1.1 403");
			}
		}
		assertThat(application.sessions().find("refused")).isEmpty();
	}

	@Test
	void messagesThatCannotBeReadHaveShortAnswers(CapturedOutput output) throws Exception {
		int before = output.getAll().length();
		for (String message : List.of("", "{", "no json", "[]", "5", "null", "{}", "{\"jsonrpc\":\"2.0\"}",
				"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
				"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":" + "[".repeat(500)
						+ "]".repeat(500) + "}}")) {
			HttpResponse<String> answer = this.client.post(message, Map.of());
			assertThat(answer.statusCode()).as(message).isEqualTo(400);
			assertThat(answer.body()).as(message)
				.startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{")
				.hasSizeLessThan(500)
				.doesNotContain("stackTrace");
		}
		assertThat(output.getAll().substring(before)).doesNotContain("ERROR").doesNotContain("\tat ");
	}

	@Test
	void sessionThatIsNotThereHasAShortAnswer() throws Exception {
		if (this.transport.hasSessions()) {
			HttpResponse<String> answer = this.client.unknown(McpTestClient.toolCall(1, "echo", "unknown", "a"));
			assertThat(answer.statusCode()).isEqualTo(404);
			assertThat(answer.body()).contains("Session not found").doesNotContain("stackTrace");
			assertThat(application.sessions().find("unknown")).isEmpty();
		}
	}

	@Test
	void largeMessagesAreRefused() throws Exception {
		String large = McpTestClient.toolCall(1, "echo", "too-large", "c".repeat(21_000));
		HttpResponse<String> told = this.client.post(large, Map.of());
		assertThat(told.statusCode()).isEqualTo(413);
		assertThat(told.body()).contains("buddy.web.max-request-size");
		assertThat(this.client.chunked(large).statusCode()).isEqualTo(413);
		assertThat(application.sessions().find("too-large")).isEmpty();
	}

	@Test
	void messagesAndRequestsOfTheRoutesShareTheBytesInFlight() throws Exception {
		String large = "c".repeat(18_000);
		CompletableFuture<Map<String, Object>> waiting = inTheBackground(7, "in-flight", large);
		application.gate().awaitArrival();
		HttpResponse<String> route = this.client.route("/buddy/workflows/echo/runs",
				"{\"input\":{\"text\":\"" + large + "\"}}");
		assertThat(route.statusCode()).isEqualTo(503);
		assertThat(route.body()).contains("buddy.web.max-in-flight-size");
		application.gate().open();
		assertThat(waiting.get(30, TimeUnit.SECONDS).toString()).contains("through");
		assertThat(this.client.route("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"" + large + "\"}}")
			.statusCode()).isEqualTo(200);
	}

	@Test
	void cancellationCancelsTheRunOfItsSession() throws Exception {
		CompletableFuture<Map<String, Object>> waiting = inTheBackground(42, "cancelled", "a");
		application.gate().awaitArrival();
		try (McpTestClient other = McpTestClient.open(this.transport, application, "")) {
			other.cancel(42); // the same id, in another session
		}
		assertThat(application.runOf("cancelled").status()).isEqualTo(RunStatus.RUNNING);
		assertThat(this.client.cancel(42).statusCode()).isIn(200, 202);
		if (this.transport.hasSessions()) {
			assertThat(waiting.get(30, TimeUnit.SECONDS).toString()).contains("isError=true").contains("cancelled");
			assertThat(application.runOf("cancelled").status()).isEqualTo(RunStatus.CANCELLED);
		}
		else {
			application.gate().open();
			assertThat(waiting.get(30, TimeUnit.SECONDS).toString()).contains("through");
			assertThat(application.runOf("cancelled").status()).isEqualTo(RunStatus.COMPLETED);
		}
	}

	private CompletableFuture<Map<String, Object>> inTheBackground(int id, String sessionId, String text) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return this.client.call(id, McpTestClient.toolCall(id, "gated", sessionId, text));
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

}
