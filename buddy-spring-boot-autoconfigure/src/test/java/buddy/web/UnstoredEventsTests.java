package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told over HTTP of runs whose events are not stored: those that are stored only
 * at their end, within a transaction of their caller, or in a store of their workflow's
 * own.
 */
class UnstoredEventsTests {

	private static final Pattern NAME = Pattern.compile("(?m)^event:(.+)$");

	private static final String[] FIRST_AND_LAST = { "WorkflowStarted", "WorkflowCompleted" };

	@Test
	void runThatIsStoredAtItsEndHasItsFirstAndLastEvent() {
		try (WebApplication application = start("buddy.runs.record-start=false")) {
			Response run = application.http().post("/buddy/workflows/telling/runs", "{}");
			assertThat(run.status()).as(run.body()).isEqualTo(200);

			assertThat(events(application, run.at("run_id"))).containsExactly(FIRST_AND_LAST);
		}
	}

	@Test
	void runThatSomebodyFollowsOrLooksForIsStoredWhenItBeginsAllTheSame() {
		try (WebApplication application = start("buddy.runs.record-start=false")) {
			Response followed = application.http()
				.with("Accept", "text/event-stream")
				.post("/buddy/workflows/telling/runs", "{}");
			assertThat(names(followed.body())).containsExactly("WorkflowStarted", "CustomEvent", "CustomEvent",
					"WorkflowCompleted");

			application.gate().shut();
			Response begun = application.http()
				.with("Prefer", "respond-async")
				.post("/buddy/workflows/gated/runs", "{}");
			assertThat(begun.status()).isEqualTo(202);
			String location = begun.header("Location").orElseThrow();
			assertThat(application.http().get(location).at("status")).isEqualTo("RUNNING");
			application.gate().open();
			assertThat(names(application.http().with("Accept", "text/event-stream").get(location + "/events").body()))
				.containsExactly(FIRST_AND_LAST);
		}
	}

	@Test
	void runWithinATransactionIsNotThereBeforeTheCommitAndHasItsFirstAndLastEventAfter() {
		try (WebApplication application = start()) {
			TransactionTemplate transaction = new TransactionTemplate(
					application.bean(PlatformTransactionManager.class));
			List<String> run = new ArrayList<>();
			transaction.executeWithoutResult((status) -> {
				run.add(application.bean(TellingWorkflow.class).run("joined"));
				Response early = stream(application, run.get(0));
				assertThat(early.problem()).isEqualTo("run-not-found");
			});

			assertThat(events(application, run.get(0))).containsExactly(FIRST_AND_LAST);
		}
	}

	@Test
	void runInAStoreOfItsOwnIsNotAmongThoseOfTheRoutes() {
		try (WebApplication application = start()) {
			Response run = application.http().post("/buddy/workflows/elsewhere/runs", "{}");
			assertThat(run.status()).as(run.body()).isEqualTo(200);

			Http http = application.http();
			assertThat(http.get("/buddy/runs/" + run.at("run_id")).problem()).isEqualTo("run-not-found");
			assertThat(stream(application, run.at("run_id")).problem()).isEqualTo("run-not-found");
		}
	}

	@Test
	void runInAStoreOfItsOwnIsStartedInTheBackgroundWithoutALocation() {
		try (WebApplication application = start()) {
			Response begun = application.http()
				.with("Prefer", "respond-async")
				.post("/buddy/workflows/elsewhere/runs", "{}");

			assertThat(begun.status()).isEqualTo(202);
			assertThat(begun.header("Location")).isEmpty();
			assertThat(application.bean(ElsewhereWorkflow.class).store().findRun((String) begun.at("run_id")))
				.isPresent();
		}
	}

	@Test
	void eventStreamOfARunInAStoreOfItsOwnIsRefusedBeforeItIsStarted() {
		try (WebApplication application = start()) {
			Response refused = application.http()
				.with("Accept", "text/event-stream")
				.post("/buddy/workflows/elsewhere/runs", "{}");

			assertThat(refused.status()).isEqualTo(406);
			assertThat(refused.problem()).isEqualTo("not-acceptable");
			assertThat(refused.at("detail").toString()).contains("elsewhere").contains("its own storage");
			assertThat(application.bean(ElsewhereWorkflow.class).store().list(SessionQuery.all(), RunPage.first(1)))
				.isEmpty();
		}
	}

	private static WebApplication start(String... properties) {
		return WebApplication.start(TestDatabase.H2.create(), properties, Unstored.class);
	}

	private static List<String> events(WebApplication application, Object runId) {
		return names(stream(application, runId).body());
	}

	private static Response stream(WebApplication application, Object runId) {
		return application.http().with("Accept", "text/event-stream").get("/buddy/runs/" + runId + "/events");
	}

	private static List<String> names(String stream) {
		return NAME.matcher(stream).results().map((MatchResult line) -> line.group(1).strip()).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Unstored {

		@Bean
		TellingWorkflow telling() {
			return new TellingWorkflow();
		}

		@Bean
		ElsewhereWorkflow elsewhere() {
			return new ElsewhereWorkflow(new MapWorkflowSessionRepository());
		}

	}

	static class TellingWorkflow extends Workflow {

		String run(@SessionId String session) {
			emit(RunResponseEvent.custom("one", 1));
			emit(RunResponseEvent.custom("two", 2));
			return RunContext.current().runId();
		}

	}

	static class ElsewhereWorkflow extends Workflow {

		private final MapWorkflowSessionRepository store;

		ElsewhereWorkflow(MapWorkflowSessionRepository store) {
			super(WorkflowSettings.builder().storage(store).build());
			this.store = store;
		}

		public MapWorkflowSessionRepository store() {
			return this.store;
		}

		String run() {
			emit(RunResponseEvent.custom("one", 1));
			return "done";
		}

	}

}
