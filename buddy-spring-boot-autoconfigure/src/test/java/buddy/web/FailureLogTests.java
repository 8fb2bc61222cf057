package buddy.web;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A run that fails over HTTP is logged once, with its id and stack trace, however it was
 * started; what refuses a request is not.
 */
class FailureLogTests {

	private static final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private static WebApplication application;

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.workflows.slow.timeout=50ms" }, Workflows.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void listen() {
		this.lines.start();
		root.addAppender(this.lines);
	}

	@AfterEach
	void leave() {
		root.detachAppender(this.lines);
	}

	@Test
	void runThatTheClientWaitsForIsLoggedOnce() {
		Response response = this.http.post("/buddy/workflows/breaking/runs", "{}");
		assertThat(response.status()).isEqualTo(500);
		assertLoggedOnce(String.valueOf(response.json().get("run_id")));
	}

	@Test
	void runInTheBackgroundIsLoggedOnce() {
		Response response = this.http.with("Prefer", "respond-async").post("/buddy/workflows/breaking/runs", "{}");
		assertThat(response.status()).isEqualTo(202);
		assertLoggedOnce(String.valueOf(response.json().get("run_id")));
	}

	@Test
	void streamedRunIsLoggedOnce() {
		Response response = this.http.with("Accept", "text/event-stream").post("/buddy/workflows/breaking/runs", "{}");
		assertThat(response.body()).contains("WorkflowError");
		Awaitility.await().until(() -> !errors().isEmpty());
		assertThat(errors()).hasSize(1);
	}

	@Test
	void runThatTakesTooLongIsLoggedWithoutAStackTrace() {
		assertThat(this.http.post("/buddy/workflows/slow/runs", "{}").status()).isEqualTo(504);
		Awaitility.await().until(() -> !lines(Level.WARN).isEmpty());
		assertThat(errors()).isEmpty();
		assertThat(lines(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage)
			.singleElement()
			.asString()
			.contains("of workflow 'slow'", "took longer than PT0.05S");
	}

	@Test
	void refusedRequestIsNotLogged() {
		assertThat(this.http.post("/buddy/workflows/breaking/runs", "{\"input\":{\"x\":1}}").status()).isEqualTo(422);
		assertThat(this.http.post("/buddy/workflows/nobody/runs", "{}").status()).isEqualTo(404);
		assertThat(lines(Level.WARN)).isEmpty();
		assertThat(errors()).isEmpty();
	}

	private void assertLoggedOnce(String runId) {
		Awaitility.await().until(() -> !errors().isEmpty());
		assertThat(errors()).singleElement().satisfies((line) -> {
			assertThat(line.getFormattedMessage()).contains("Run '" + runId + "' of workflow 'breaking'");
			assertThat(line.getThrowableProxy().getClassName()).isEqualTo(IllegalStateException.class.getName());
			assertThat(line.getMDCPropertyMap()).containsEntry("run_id", runId);
		});
	}

	private List<ILoggingEvent> errors() {
		return lines(Level.ERROR);
	}

	/** Of a copy: others go on logging. */
	private List<ILoggingEvent> lines(Level level) {
		return List.copyOf(this.lines.list).stream().filter((line) -> line.getLevel() == level).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		BreakingWorkflow breaking() {
			return new BreakingWorkflow();
		}

		@Bean
		SlowWorkflow slow() {
			return new SlowWorkflow();
		}

	}

	static class BreakingWorkflow extends Workflow {

		String run() {
			throw new IllegalStateException("out of ink");
		}

	}

	static class SlowWorkflow extends Workflow {

		String run() {
			Cancellation cancellation = RunContext.current().cancellation();
			Awaitility.await().until(cancellation::cancelled);
			sessionState();
			return "";
		}

	}

}
