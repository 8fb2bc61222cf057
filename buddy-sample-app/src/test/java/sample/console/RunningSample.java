package sample.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import testkit.Ports;
import tools.jackson.databind.json.JsonMapper;

import sample.SampleApplication;

/**
 * The sample, at an address that it keeps when it is started again.
 */
final class RunningSample implements AutoCloseable {

	private final HttpClient http = HttpClient.newHttpClient();

	private final int port;

	private final Path data;

	private final HeldStreams streams = new HeldStreams();

	private ConfigurableApplicationContext context;

	private RunningSample(int port, Path data) {
		this.port = port;
		this.data = data;
		restart();
	}

	static RunningSample start(Path data) {
		return new RunningSample(Ports.free(), data);
	}

	void stop() {
		this.context.close();
	}

	void restart() {
		this.context = new SpringApplicationBuilder(SampleApplication.class)
			.initializers((starting) -> starting.getBeanFactory().addBeanPostProcessor(this.streams))
			.properties("spring.main.banner-mode=off")
			.run("--sample.data=" + this.data, "--server.port=" + this.port,
					// it has a schedule, which does not fire while tests look
					"--buddy.workflows.digest.schedule.enabled=true",
					"--buddy.workflows.digest.schedule.cron=0 0 0 1 1 *", "--buddy.engine.poll-interval=200ms",
					"--buddy.runs.shutdown-grace=0s", "--buddy.budgets.daily.per=workflow",
					"--buddy.budgets.daily.period=day", "--buddy.budgets.daily.tokens=200000",
					"--buddy.budgets.daily.time=1h");
	}

	/** What the model streams. */
	HeldStreams streams() {
		return this.streams;
	}

	String url(String path) {
		return "http://localhost:" + this.port + path;
	}

	/** Runs a workflow until it ends or pauses, and returns the id of the run. */
	String run(String workflow, String input) {
		return send(workflow, "{\"input\":" + input + "}", false);
	}

	String run(String workflow, String input, String session) {
		return send(workflow, "{\"input\":" + input + ",\"session\":{\"session_id\":\"" + session + "\"}}", false);
	}

	/** Starts a workflow, and returns the id of the run. */
	String start(String workflow, String input) {
		return send(workflow, "{\"input\":" + input + "}", true);
	}

	private String send(String workflow, String body, boolean background) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url("/buddy/workflows/" + workflow + "/runs")))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body));
		if (background) {
			request.header("Prefer", "respond-async");
		}
		try {
			HttpResponse<String> response = this.http.send(request.build(), BodyHandlers.ofString());
			return (String) JsonMapper.shared().readValue(response.body(), Map.class).get("run_id");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

}
