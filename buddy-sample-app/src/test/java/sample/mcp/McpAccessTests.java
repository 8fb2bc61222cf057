package sample.mcp;

import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import buddy.autoconfigure.BuddyAutoConfiguration;
import buddy.autoconfigure.BuddyMcpAutoConfiguration;
import buddy.mcp.ToolGuard;
import buddy.session.WorkflowSessions;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import sample.SampleApplication;
import sample.workflows.CounterWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may call the tools: over HTTP those that the routes serve, and no others.
 */
class McpAccessTests {

	private static final String CALL = """
			{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"counter","arguments":{},
			"_meta":{"buddy/session_id":"mcp-access"}}}""";

	@Test
	void clientsThatTheRoutesRefuseCallNoTool() throws Exception {
		try (ConfigurableApplicationContext application = start()) {
			RawMcp client = new RawMcp(application);
			assertThat(client.send(CALL, Map.of("Origin", "http://evil.example"))).contains("\"isError\":true")
				.contains("buddy.web.cors.allowed-origins");
			assertThat(client.send(CALL, Map.of("X-Forwarded-For", "192.0.2.2"))).contains("\"isError\":true")
				.contains("buddy.web.allow-remote");
			assertThat(application.getBean(WorkflowSessions.class).find("mcp-access")).isEmpty();
			assertThat(client.send(CALL, Map.of())).contains("\"isError\":false");
			assertThat(application.getBean(WorkflowSessions.class).find("mcp-access")).isPresent();
		}
	}

	@Test
	void clientsThatTheRoutesServeCallThemWhetherOrNotThereAreRoutes() throws Exception {
		try (ConfigurableApplicationContext application = start("--buddy.web.enabled=false",
				"--buddy.web.allow-remote=true", "--buddy.web.cors.allowed-origins=https://console.example")) {
			RawMcp client = new RawMcp(application);
			assertThat(client.send(CALL, Map.of("X-Forwarded-For", "192.0.2.2"))).contains("\"isError\":false");
			assertThat(client.send(CALL, Map.of("Origin", "https://console.example"))).contains("\"isError\":false");
			assertThat(client.send(CALL, Map.of("Origin", "https://evil.example"))).contains("\"isError\":true");
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
		SyncToolSpecification tool = context.getBeanProvider(SyncToolSpecification.class)
			.stream()
			.findFirst()
			.orElseGet(() -> (SyncToolSpecification) context.getBean("workflowTools", java.util.List.class).get(0));
		return tool.callHandler()
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
