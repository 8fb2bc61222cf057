package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.Ports;

import sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lines of the README about a run that survives do what they say, with a process that
 * is killed.
 */
class TutorialTests {

	private static final Pattern RUN_ID = Pattern.compile("\"run_id\":\"([0-9a-f-]{36})\"");

	@TempDir
	private Path folder;

	private @Nullable Process application;

	private int port;

	@AfterEach
	void stop() {
		kill();
	}

	@Test
	void refundIsPaidOnceThoughItsProcessIsKilled() throws Exception {
		Shell.requireCurl();
		List<String> lines = Pages.section(Pages.ROOT.resolve("README.md"), "## A run that survives, and asks a person")
			.lines()
			.filter((line) -> line.startsWith("curl ") || line.startsWith("pkill "))
			.toList();
		assertThat(lines).hasSize(5);
		assertThat(lines.get(1)).isEqualTo("pkill -9 -f " + SampleApplication.class.getName());
		start();
		String asked = answer(lines.get(0), "");
		assertThat(asked).contains("202", "\"status\":\"PAUSED\"", "\"question\":\"approve\"");
		Matcher id = RUN_ID.matcher(asked);
		assertThat(id.find()).isTrue();

		kill();
		start();
		assertThat(answer(lines.get(2), id.group(1))).contains("\"question\":\"approve\"");
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> answer(lines.get(3), id.group(1)), (run) -> run.contains("\"status\":\"COMPLETED\""));
		assertThat(answer(lines.get(4), id.group(1))).contains("\"effects\":{\"charge\":1,\"notify\":1}");
	}

	private String answer(String line, String runId) throws IOException, InterruptedException {
		return Shell.execute(line.replaceFirst("\\s+# .*$", "")
			.replace("localhost:8080", "localhost:" + this.port)
			.replace("$RUN_ID", runId) + " -sS", this.folder);
	}

	private void start() throws IOException {
		this.port = Ports.free();
		Path log = Files.createDirectories(Path.of("target", "processes")).resolve("tutorial.log");
		this.application = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
				SampleApplication.class.getName(), "--server.port=" + this.port,
				"--sample.data=" + this.folder.resolve("data"))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Process started = this.application;
		Awaitility.await("the application, see " + log)
			.atMost(Duration.ofMinutes(2))
			.failFast(() -> !started.isAlive())
			.until(() -> Shell.execute(
					"curl -s -o /dev/null -w '%{http_code}' localhost:" + this.port + "/buddy/workflows || true",
					this.folder), "200"::equals);
	}

	/** As the line of the page does, which would kill those of other builds too. */
	private void kill() {
		Process running = this.application;
		if (running != null) {
			running.destroyForcibly();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> running.waitFor(1, TimeUnit.SECONDS));
		}
	}

}
