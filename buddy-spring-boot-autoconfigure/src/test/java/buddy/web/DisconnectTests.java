package buddy.web;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.Filter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.event.RunEventStreams;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;
import buddy.web.Http.Response;
import buddy.web.ToldWorkflows.ToldWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a run whose client is gone, and of the place that its stream had.
 */
class DisconnectTests {

	private static WebApplication cancelling;

	private static WebApplication finishing;

	@BeforeAll
	static void start() {
		cancelling = start("buddy.web.heartbeat=100ms", "buddy.web.on-disconnect=cancel");
		finishing = start("buddy.web.heartbeat=100ms"); // by default
	}

	private static WebApplication start(String... properties) {
		return WebApplication.start(TestDatabase.H2.create(), properties, ToldWorkflows.class);
	}

	@AfterAll
	static void stop() {
		for (WebApplication application : new WebApplication[] { cancelling, finishing }) {
			if (application != null) {
				application.close();
			}
		}
	}

	@Test
	void runIsCancelledWhenTheClientThatStartedItIsGone() throws Exception {
		String session = ToldWorkflows.newSession();
		String run;
		try (EventClient starter = EventClient.start(cancelling, "told", ToldWorkflows.inSession(session))) {
			run = starter.header("Content-Location");
			cancelling.bean(ToldWorkflow.class).tell(session, 1);
			assertThat(List.of(starter.next(), starter.next())).extracting(Event::id).containsExactly("0-0", "0-1");
		}
		awaitStatus(cancelling, run, "CANCELLED");
		Response record = cancelling.http().get(run);
		assertThat(record.at("error", "reason")).isEqualTo("cancelled");
		assertThat((String) record.at("error", "message")).contains("buddy.web.on-disconnect");
		awaitNoStream(cancelling);
	}

	@Test
	void runIsCancelledThoughItsClientLeftBeforeItReadAnything() throws Exception {
		String session = ToldWorkflows.newSession();
		String mine = "/buddy/runs?session_id=" + session;
		try (Socket starter = EventClient.startUnread(cancelling, "told", ToldWorkflows.inSession(session))) {
			assertThat(starter.isConnected()).isTrue();
			Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> !cancelling.http().get(mine).items().isEmpty());
		}
		Awaitility.await()
			.atMost(30, TimeUnit.SECONDS)
			.until(() -> "CANCELLED".equals(cancelling.http().get(mine).items().get(0).get("status")));
		awaitNoStream(cancelling);
	}

	@Test
	void runIsFinishedThoughTheClientThatStartedItIsGone() throws Exception {
		String session = ToldWorkflows.newSession();
		String run;
		try (EventClient starter = EventClient.start(finishing, "told", ToldWorkflows.inSession(session))) {
			run = starter.header("Content-Location");
			assertThat(starter.next().name()).isEqualTo("WorkflowStarted");
		}
		awaitNoStream(finishing);
		goesOnAndCompletes(finishing, session, run, "0-0");
	}

	@Test
	void clientThatOnlyFollowsNeverCancels() throws Exception {
		String session = ToldWorkflows.newSession();
		String run = cancelling.http()
			.with("Prefer", "respond-async")
			.post("/buddy/workflows/told/runs", ToldWorkflows.inSession(session))
			.header("Location")
			.orElseThrow();
		try (EventClient client = EventClient.follow(cancelling, run)) {
			assertThat(client.next().name()).isEqualTo("WorkflowStarted");
		}
		awaitNoStream(cancelling);
		goesOnAndCompletes(cancelling, session, run, "0-0");
	}

	@Test
	void streamThatTheApplicationEndsIsNoDisconnect() throws Exception {
		String session = ToldWorkflows.newSession();
		try (EventClient starter = EventClient.start(cancelling, "told", ToldWorkflows.inSession(session))) {
			assertThat(starter.next().name()).isEqualTo("WorkflowStarted");
			cancelling.bean(RunEventStreams.class).endAll();
			assertThat(starter.rest()).isEmpty();
			awaitNoStream(cancelling);
			goesOnAndCompletes(cancelling, session, starter.header("Content-Location"), "0-0");
		}
	}

	@Test
	void runThatEndedBeforeItsClientLeftStaysAsItIs() throws Exception {
		String session = ToldWorkflows.newSession();
		try (EventClient starter = EventClient.start(cancelling, "told", ToldWorkflows.inSession(session))) {
			cancelling.bean(ToldWorkflow.class).end(session);
			assertThat(starter.rest()).extracting(Event::name).containsExactly("WorkflowStarted", "WorkflowCompleted");
			awaitNoStream(cancelling);
			starter.close();
			assertThat(cancelling.http().get(starter.header("Content-Location")).at("status")).isEqualTo("COMPLETED");
		}
	}

	@Test
	void clientThatHasTheLastEventTakesNoPlace() throws Exception {
		String session = ToldWorkflows.newSession();
		try (EventClient starter = EventClient.start(finishing, "told", ToldWorkflows.inSession(session))) {
			finishing.bean(ToldWorkflow.class).end(session);
			assertThat(starter.rest()).hasSize(2);
			awaitNoStream(finishing);
			for (int i = 0; i < 5; i++) {
				try (EventClient again = EventClient.follow(finishing, starter.header("Content-Location"), "0-1")) {
					assertThat(again.status()).isEqualTo(204);
					assertThat(again.body()).isEmpty();
				}
			}
			awaitNoStream(finishing);
		}
	}

	@Test
	void streamThatCannotBeOpenedLeavesNothingOpenAndCancelsItsRun() {
		try (WebApplication application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.on-disconnect=cancel" }, ToldWorkflows.class, OldFilter.class)) {
			String session = ToldWorkflows.newSession();
			Http http = application.http().with("Accept", "text/event-stream");
			assertThat(http.post("/buddy/workflows/told/runs", ToldWorkflows.inSession(session)).status())
				.isEqualTo(500);
			String run = "/buddy/runs/"
					+ application.http().get("/buddy/runs?session_id=" + session).items().get(0).get("run_id");
			awaitStatus(application, run, "CANCELLED");
			assertThat(http.get(run + "/events").status()).isEqualTo(500);
			awaitNoStream(application);
		}
	}

	/** Nobody having stopped it, it says one more thing and ends. */
	private static void goesOnAndCompletes(WebApplication application, String session, String run, String lastEventId)
			throws IOException {
		assertThat(application.http().get(run).at("status")).isEqualTo("RUNNING");
		try (EventClient again = EventClient.follow(application, run, lastEventId)) {
			application.bean(ToldWorkflow.class).tell(session, 1);
			assertThat(again.next().data()).contains("\"content\":\"1\"");
			application.bean(ToldWorkflow.class).end(session);
			assertThat(again.rest()).extracting(Event::name).containsExactly("WorkflowCompleted");
		}
		assertThat(application.http().get(run).at("status")).isEqualTo("COMPLETED");
	}

	private static void awaitStatus(WebApplication application, String run, String status) {
		Awaitility.await()
			.atMost(30, TimeUnit.SECONDS)
			.until(() -> status.equals(application.http().get(run).at("status")));
	}

	private static void awaitNoStream(WebApplication application) {
		Awaitility.await()
			.atMost(30, TimeUnit.SECONDS)
			.until(() -> application.bean(Streams.class).open() == 0
					&& application.bean(RunEventStreams.class).openStreams() == 0);
	}

	/** A filter of before there was asynchronous processing. */
	@Configuration(proxyBeanMethods = false)
	static class OldFilter {

		@Bean
		FilterRegistrationBean<Filter> old() {
			FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			filter.setAsyncSupported(false);
			return filter;
		}

	}

}
