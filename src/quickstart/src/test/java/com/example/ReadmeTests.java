package com.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README's application answers the curl lines of the README and of the page "Getting
 * started" as these say.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:async:./target/data-${random.uuid}/quickstart;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE")
class ReadmeTests {

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void linesOfTheReadmeWork() throws Exception {
		String section = Files.readString(Path.of("../../README.md")).split("## Your own application\n", 2)[1];
		List<String> answers = answers(section.split("\n## ", 2)[0]);
		assertThat(answers.get(0)).contains("\"content\":\"You asked: Tell me about tea.\"")
			.contains("\"status\":\"COMPLETED\"");
		assertThat(answers.get(1)).contains("\"topics\":[\"tea\"]");
		assertThat(answers.get(2)).contains("event:WorkflowStarted").contains("event:WorkflowCompleted");
	}

	@Test
	void linesOfGettingStartedWork() throws Exception {
		answers(Files.readString(Path.of("../docs/getting-started.md")).replace("s1", "s2"));
	}

	/** The answers to a page's lines, which have what the page shows of them. */
	private List<String> answers(String page) throws Exception {
		List<String> lines = page.lines().filter((line) -> line.startsWith("curl ")).toList();
		assertThat(lines).hasSize(3);
		List<String> answers = new ArrayList<>();
		for (String line : lines) {
			answers.add(execute(line));
		}
		List<String> shown = Pattern.compile("(?ms)^```json\\n(.*?)^```$")
			.matcher(page)
			.results()
			.map((match) -> match.group(1))
			.toList();
		assertThat(shown).isNotEmpty();
		for (int i = 0; i < shown.size(); i++) {
			requirePart(JsonMapper.shared().readTree(shown.get(i)), JsonMapper.shared().readTree(answers.get(i)));
		}
		return answers;
	}

	private static void requirePart(JsonNode part, JsonNode whole) {
		if (part.isObject()) {
			part.propertyStream().forEach((field) -> requirePart(field.getValue(), whole.path(field.getKey())));
		}
		else {
			assertThat(whole).isEqualTo(part);
		}
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
