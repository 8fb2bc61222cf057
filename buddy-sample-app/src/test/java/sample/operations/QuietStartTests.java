package sample.operations;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the sample logs when it starts for the first time.
 */
@ExtendWith(OutputCaptureExtension.class)
class QuietStartTests {

	@Test
	void firstStartWarnsOfNothingAndTellsOfBuddyInTwoLines(CapturedOutput output, @TempDir Path directory) {
		new SpringApplicationBuilder(SampleApplication.class)
			// the client of MCP is on the class path of the tests only
			.run("--sample.data=" + directory.resolve("data"), "--server.port=0",
					"--spring.ai.mcp.client.enabled=false", "--spring.ai.mcp.client.annotation-scanner.enabled=false")
			.close();
		assertThat(output.getAll().lines()).noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR "));
		assertThat(output.getAll().lines().map((line) -> line.replaceFirst("^.* : ", "")))
			.filteredOn((line) -> line.toLowerCase().contains("buddy's") || line.startsWith("buddy"))
			.satisfiesExactly((line) -> assertThat(line).isEqualTo("Created buddy's tables in H2 (16 migrations)"),
					(line) -> assertThat(line).startsWith("buddy started: 13 workflows, stored in H2 at "));
		assertThat(output).doesNotContainIgnoringCase("flyway:").doesNotContain("was not registered");
	}

}
