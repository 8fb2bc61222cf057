package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@code curl} lines of the guide's section "Over HTTP", one after the other, against
 * the sample.
 */
@SpringBootTest(classes = SampleApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:mem:curl")
class CurlTests {

	private static final Pattern SECTION = Pattern.compile("## Over HTTP\n.*?```shell\n(.*?)```", Pattern.DOTALL);

	private static final Pattern RUN_ID = Pattern.compile("\"run_id\":\"([0-9a-f-]{36})\"");

	private static final Pattern STATUS = Pattern.compile("\nstatus=(\\d+)$");

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void linesOfTheGuideWork() throws Exception {
		requireCurl();
		Matcher section = SECTION.matcher(Files.readString(Path.of("../src/docs/guide.md")));
		assertThat(section.find()).isTrue();
		List<String> lines = section.group(1).lines().filter((line) -> line.startsWith("curl ")).toList();
		assertThat(lines).hasSizeGreaterThan(10);
		String runId = "";
		List<String> routes = new ArrayList<>();
		for (String line : lines) {
			String answer = execute(line.replaceAll("\\s+# .*", "")
				.replace("localhost:8080", "localhost:" + this.port)
				.replace("$RUN_ID", runId) + " -sS -w '\\nstatus=%{http_code}'");
			Matcher status = STATUS.matcher(answer);
			assertThat(status.find()).as(line + "\n" + answer).isTrue();
			// a run that has ended meanwhile cannot be cancelled
			List<String> expected = line.contains("/cancel") ? List.of("202", "409")
					: List.of("200", "201", "202", "204");
			assertThat(status.group(1)).as(line + "\n" + answer).isIn(expected);
			Matcher id = RUN_ID.matcher(answer);
			if (id.find()) {
				runId = id.group(1);
			}
			routes.add(answer);
		}
		assertThat(routes.get(0)).contains("Summary of fusion");
		assertThat(routes).anySatisfy(
				(answer) -> assertThat(answer).contains("event:WorkflowStarted").contains("event:WorkflowCompleted"));
		assertThat(Files.readString(this.folder.resolve("s1.json"))).contains("\"session_name\":\"Fusion\"");
	}

	private String execute(String line) throws IOException, InterruptedException {
		Path output = this.folder.resolve("output");
		Process process = new ProcessBuilder("sh", "-c", line).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(line).isTrue();
		return Files.readString(output);
	}

	private static void requireCurl() {
		try {
			new ProcessBuilder("curl", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		}
		catch (IOException ex) {
			if ("true".equalsIgnoreCase(System.getenv("CI"))) {
				throw new IllegalStateException("In CI this must run, but there is no curl", ex);
			}
			Assumptions.abort("there is no curl on this machine; install it to run the lines of the guide");
		}
	}

}
