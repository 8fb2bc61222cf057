package com.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README's application answers the README's own curl lines.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:async:./target/data-${random.uuid}/quickstart;WRITE_DELAY=0")
class ReadmeTests {

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void linesOfTheReadmeWork() throws Exception {
		String section = Files.readString(Path.of("../../README.md")).split("## Your own application\n", 2)[1];
		List<String> lines = section.split("\n## ", 2)[0].lines().filter((line) -> line.startsWith("curl ")).toList();
		assertThat(lines).hasSize(3);
		assertThat(execute(lines.get(0))).contains("\"content\":\"You asked: Tell me about tea.\"")
			.contains("\"status\":\"COMPLETED\"");
		assertThat(execute(lines.get(1))).contains("\"topics\":[\"tea\"]");
		assertThat(execute(lines.get(2))).contains("event:WorkflowStarted").contains("event:WorkflowCompleted");
	}

	private String execute(String line) throws IOException, InterruptedException {
		Path output = this.folder.resolve("output");
		Process process = new ProcessBuilder("sh", "-c",
				line.replaceAll("\\s+# .*", "").replace("localhost:8080", "localhost:" + this.port) + " -sS")
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(line).isTrue();
		return Files.readString(output);
	}

}
