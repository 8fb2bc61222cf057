package buddy.web;

import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunResponseEvent;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is logged at INFO and above of runs over HTTP: nothing that somebody sent, that a
 * workflow said or kept, or that anybody signs in with; but of a run that failed, what
 * its exception says, unless that is turned off.
 */
class HttpLogTests {

	/** Stands in everything that must not be logged. */
	private static final String SECRET = "payload-4711";

	private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private WebApplication application;

	private Http http;

	@BeforeEach
	void start() {
		this.application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.workflows.loud.debug-mode=true", "buddy.runs.log-failures=false" },
				Confiding.class);
		this.http = this.application.http();
		this.lines.start(); // not before: a start of Boot's takes all appenders away
		root.addAppender(this.lines);
	}

	@AfterEach
	void stop() {
		root.detachAppender(this.lines);
		this.application.close();
	}

	@Test
	void payloadsAreNotLoggedWhateverBecomesOfTheRun() {
		assertThat(post("loud", "{}", SECRET).status()).isEqualTo(200);
		assertThat(post("quiet", "{}", SECRET).status()).isEqualTo(200);
		assertThat(post("failing", "{}", SECRET).status()).isEqualTo(500);
		assertThat(post("quiet", "{\"session_id\": \"" + SECRET + "?\"}", SECRET).status()).isEqualTo(400);
		assertThat(this.http.with("Accept", "text/event-stream")
			.post("/buddy/workflows/loud/runs", body("{}", SECRET))
			.body()).contains(SECRET);
		assertThat(this.http.with("Idempotency-Key", SECRET)
			.post("/buddy/workflows/quiet/runs", body("{}", SECRET))
			.status()).isEqualTo(200);
		assertThat(this.http.post("/buddy/workflows/quiet/runs", "{\"input\":{\"" + SECRET + "\":1}}").status())
			.isEqualTo(422);
		assertThat(this.http.post("/buddy/workflows/quiet/runs", "{" + SECRET).status()).isEqualTo(400);
		assertThat(this.http.with("Authorization", "Bearer " + SECRET).get("/buddy/runs?after=" + SECRET).status())
			.isEqualTo(400);

		assertThat(told()).noneMatch((line) -> line.contains(SECRET));
	}

	@Test
	void debugModeTellsMoreOfItsWorkflowAloneAndNoContent() {
		post("loud", "{}", SECRET);
		post("quiet", "{}", SECRET);

		assertThat(List.copyOf(this.lines.list))
			.filteredOn((line) -> line.getLoggerName().startsWith("buddy.workflows.") && isTold(line))
			.extracting(ILoggingEvent::getLoggerName)
			.containsOnly("buddy.workflows.loud")
			.hasSize(3);
		assertThat(told()).anyMatch((line) -> line.contains("CustomEvent name='said'"))
			.noneMatch((line) -> line.contains(SECRET));
	}

	private Response post(String workflow, String session, String text) {
		return this.http.post("/buddy/workflows/" + workflow + "/runs", body(session, text));
	}

	private static String body(String session, String text) {
		return "{\"input\":{\"text\":\"" + text + "\"},\"session\":" + session + "}";
	}

	private Stream<String> told() {
		return List.copyOf(this.lines.list).stream().filter(HttpLogTests::isTold).map((line) -> {
			String thrown = (line.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(line.getThrowableProxy())
					: "";
			return line.getFormattedMessage() + line.getMDCPropertyMap() + thrown;
		});
	}

	private static boolean isTold(ILoggingEvent line) {
		return line.getLevel().isGreaterOrEqual(Level.INFO);
	}

	@Configuration(proxyBeanMethods = false)
	static class Confiding {

		@Bean
		LoudWorkflow loud() {
			return new LoudWorkflow();
		}

		@Bean
		QuietWorkflow quiet() {
			return new QuietWorkflow();
		}

	}

	static class LoudWorkflow extends Workflow {

		String run(String text) {
			sessionState().put("kept", text);
			emit(RunResponseEvent.custom("said", text));
			return "It was " + text;
		}

	}

	static class QuietWorkflow extends Workflow {

		String run(String text) {
			sessionState().put("kept", text);
			emit(RunResponseEvent.custom("said", text));
			return "It was " + text;
		}

	}

}
