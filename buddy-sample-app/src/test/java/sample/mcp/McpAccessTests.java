package sample.mcp;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import buddy.autoconfigure.BuddyAutoConfiguration;
import buddy.autoconfigure.BuddyMcpAutoConfiguration;
import buddy.mcp.ToolGuard;
import buddy.mcp.WorkflowTools;
import buddy.session.WorkflowSessions;

import sample.SampleApplication;
import sample.workflows.CounterWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may call the tools: over HTTP those that the routes serve, and no others.
 */
@ExtendWith(OutputCaptureExtension.class)
class McpAccessTests {

	private static final String CALL = """
			{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"counter","arguments":{},
			"_meta":{"buddy/session_id":"mcp-access"}}}""";

	@Test
	void clientsThatTheRoutesRefuseCallNoTool() throws Exception {
		try (ConfigurableApplicationContext application = start()) {
			RawMcp client = new RawMcp(application);
			assertThat(client.send(CALL, Map.of("Origin", "http://evil.example")))
				.contains("urn:buddy:problem:forbidden-client")
				.contains("buddy.web.cors.allowed-origins");
			assertThat(client.send(CALL, Map.of("X-Forwarded-For", "192.0.2.2")))
				.contains("urn:buddy:problem:forbidden-client")
				.contains("buddy.web.allow-remote");
			assertThat(client.open(Map.of("Via", "1.1 proxy")).headers().firstValue("Mcp-Session-Id")).isEmpty();
			assertThat(application.getBean(WorkflowSessions.class).find("mcp-access")).isEmpty();
			assertThat(client.send(CALL, Map.of())).contains("\"isError\":false");
			assertThat(application.getBean(WorkflowSessions.class).find("mcp-access")).isPresent();
		}
	}

	@Test
	void messagesThatCannotBeReadHaveShortAnswers(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext application = start("--buddy.web.max-request-size=20KB")) {
			RawMcp client = new RawMcp(application);
			int before = output.getAll().length();
			for (String message : List.of("", "{", "no json", "[]", "5", "null", "\"a\"", "{}", "{\"jsonrpc\":\"2.0\"}",
					"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}",
					"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
					"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":7}",
					"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":" + "[".repeat(500)
							+ "]".repeat(500) + "}}",
					"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}")) {
				HttpResponse<String> answer = client.post(message, Map.of());
				assertThat(answer.statusCode()).as(message).isEqualTo(400);
				assertThat(answer.body()).as(message)
					.startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{")
					.hasSizeLessThan(500);
			}
			HttpResponse<String> unknown = client.post(CALL, Map.of("Mcp-Session-Id", "none"));
			assertThat(unknown.statusCode()).isEqualTo(404);
			assertThat(unknown.body()).contains("Session not found").doesNotContain("stackTrace");
			HttpResponse<String> large = client.post(CALL.replace("counter", "c".repeat(30_000)), Map.of());
			assertThat(large.statusCode()).isEqualTo(413);
			assertThat(large.body()).contains("buddy.web.max-request-size");
			HttpResponse<String> chunked = client.chunked(CALL.replace("counter", "c".repeat(30_000)));
			assertThat(chunked.statusCode()).isEqualTo(413);
			assertThat(output.getAll().substring(before)).doesNotContain("ERROR").doesNotContain("\tat ");
			assertThat(client.send(CALL, Map.of())).contains("\"isError\":false");
		}
	}

	@Test
	void clientsThatTheRoutesServeCallThemWhetherOrNotThereAreRoutes() throws Exception {
		try (ConfigurableApplicationContext application = start("--buddy.web.enabled=false",
				"--buddy.web.allow-remote=true", "--buddy.web.cors.allowed-origins=https://console.example")) {
			RawMcp client = new RawMcp(application);
			assertThat(client.send(CALL, Map.of("X-Forwarded-For", "192.0.2.2"))).contains("\"isError\":false");
			assertThat(client.send(CALL, Map.of("Origin", "https://console.example"))).contains("\"isError\":false");
			assertThat(client.send(CALL, Map.of("Origin", "https://evil.example"))).contains("forbidden-client");
		}
	}

	@Test
	void webFluxApplicationMustSayThatItsEndpointIsSecured() {
		ReactiveWebApplicationContextRunner application = new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
					BuddyMcpAutoConfiguration.class))
			.withPropertyValues("buddy.scan.enabled=false")
			.withBean(CounterWorkflow.class);
		application.run((context) -> assertThat(call(context)).satisfies((result) -> {
			assertThat(result.isError()).isTrue();
			assertThat(result.content().toString()).contains("WebFlux").contains("buddy.web.allow-remote=true");
		}));
		application.withPropertyValues("buddy.web.allow-remote=true")
			.run((context) -> assertThat(call(context).isError()).isFalse());
		application.withBean(ToolGuard.class, () -> () -> {
		}).run((context) -> assertThat(call(context).isError()).isFalse());
	}

	@Test
	void clientOfAProgramWithoutHttpIsWhoStartedIt() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
					BuddyMcpAutoConfiguration.class))
			.withPropertyValues("buddy.scan.enabled=false")
			.withBean(CounterWorkflow.class)
			.run((context) -> assertThat(call(context).isError()).isFalse());
	}

	private static CallToolResult call(ApplicationContext context) {
		return context.getBean(WorkflowTools.class)
			.specifications()
			.get(0)
			.callHandler()
			.apply(Mockito.mock(McpSyncServerExchange.class), new CallToolRequest("counter", Map.of(), Map.of()));
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(SampleApplication.class)
			.properties("server.port=0", "spring.main.banner-mode=off")
			.run(Stream
				.concat(Stream.of("--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID()), Stream.of(arguments))
				.toArray(String[]::new));
	}

}
