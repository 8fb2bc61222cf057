package sample.mcp;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import elsewhere.TwinWorkflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import buddy.mcp.DuplicateToolException;

import sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Which of an application's workflows its MCP server has as tools.
 */
@ExtendWith(OutputCaptureExtension.class)
class McpExposureTests {

	private static final Pattern TOOL = Pattern.compile("\"name\":\"([^\"]+)\"");

	@Test
	void nothingIsAToolWhereThatIsSwitchedOff() throws Exception {
		try (ConfigurableApplicationContext application = start("--buddy.mcp.enabled=false")) {
			assertThat(tools(application)).isEmpty();
		}
	}

	@Test
	void onlyThoseAreToolsThatOptInWhereItIsSwitchedOff() throws Exception {
		try (ConfigurableApplicationContext application = start("--buddy.mcp.enabled=false",
				"--buddy.workflows.research.mcp.enabled=true", "--buddy.workflows.counter.mcp.enabled=true")) {
			assertThat(tools(application)).containsExactlyInAnyOrder("research", "counter");
		}
	}

	@Test
	void twoWorkflowsOfOneToolNameAreReportedAtStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(twins()).close())
			.havingRootCause()
			.isInstanceOf(DuplicateToolException.class);

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The workflows 'twin.one' and 'twin:one' would have the same MCP tool name 'twin_one'.")
			.contains("buddy.workflows.twin:one.mcp.enabled=false");
	}

	@Test
	void oneOfTwoWorkflowsOfOneToolNameMayBeTheTool() throws Exception {
		try (ConfigurableApplicationContext application = start(twins(),
				"--buddy.workflows.[twin:one].mcp.enabled=false")) {
			assertThat(tools(application)).contains("twin_one", "research");
		}
	}

	private static ApplicationContextInitializer<GenericApplicationContext> twins() {
		return (context) -> Stream.of("twin.one", "twin:one")
			.forEach((id) -> context.registerBean(id, TwinWorkflow.class, () -> new TwinWorkflow(id)));
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return start((context) -> {
		}, arguments);
	}

	private static ConfigurableApplicationContext start(ApplicationContextInitializer<?> more, String... arguments) {
		return new SpringApplicationBuilder(SampleApplication.class).initializers(more)
			.properties("server.port=0", "spring.main.banner-mode=off")
			.run(Stream
				.concat(Stream.of("--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID()), Stream.of(arguments))
				.toArray(String[]::new));
	}

	private static List<String> tools(ConfigurableApplicationContext application) throws Exception {
		String answer = new RawMcp(application).send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}",
				Map.of());
		assertThat(answer).contains("\"tools\":[");
		return TOOL.matcher(answer).results().map((MatchResult found) -> found.group(1)).toList();
	}

}
