package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@code curl} lines of README and pages, one after the other, against one sample. A
 * line that says {@code # 409} expects that status. (Those of the README's own
 * application, and of the page "Getting started", are run by the quickstart's test.)
 */
@SpringBootTest(classes = SampleApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:curl", "management.prometheus.metrics.export.enabled=true" })
class CurlTests {

	private static final Pattern RUN_ID = Pattern.compile("\"run_id\":\"([0-9a-f-]{36})\"");

	private static final Pattern STATUS = Pattern.compile("\nstatus=(\\d+)$");

	private static final Pattern COMMENT = Pattern.compile("\\s+# (.*)$");

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	private String runId = "";

	@Test
	void linesOfReadmeAndPagesWork() throws Exception {
		Shell.requireCurl();
		List<String> lines = lines();
		assertThat(lines).hasSizeGreaterThan(35);
		StringBuilder answers = new StringBuilder();
		for (String line : lines) {
			answers.append(answer(line)).append('\n');
		}
		assertThat(answers).contains("Summary of fusion", "event:WorkflowStarted", "event:WorkflowCompleted",
				"event:WorkflowCancelled", "\"openapi\"", "buddy_run_seconds");
		assertThat(Files.readString(this.folder.resolve("http-1.json"))).contains("\"session_name\":\"Fusion\"");
	}

	private static List<String> lines() {
		Stream<String> readme = Stream.of(Pages.section(Pages.ROOT.resolve("README.md"), "## Try it"));
		Stream<String> pages = Pages.all()
			.stream()
			.filter((page) -> page.startsWith(Pages.DOCS) && !page.endsWith("getting-started.md"))
			.map(Pages::read);
		return Stream.concat(readme, pages).flatMap(String::lines).filter((line) -> line.startsWith("curl ")).toList();
	}

	private String answer(String line) throws IOException, InterruptedException {
		String answer = Shell.execute(COMMENT.matcher(line)
			.replaceAll("")
			.replace("localhost:8080", "localhost:" + this.port)
			.replace("$RUN_ID", this.runId) + " -sS -w '\\nstatus=%{http_code}'", this.folder);
		Matcher status = STATUS.matcher(answer);
		assertThat(status.find()).as(line + "\n" + answer).isTrue();
		Matcher comment = COMMENT.matcher(line);
		String expected = (comment.find() && comment.group(1).matches("[1-5]\\d\\d\\b.*"))
				? comment.group(1).substring(0, 3) : "2\\d\\d";
		assertThat(status.group(1)).as(line + "\n" + answer).matches(expected);
		Matcher id = RUN_ID.matcher(answer);
		if (id.find()) {
			this.runId = id.group(1);
		}
		return answer;
	}

}
