package buddy.web;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.durable.RunJournal;
import buddy.session.RunPage;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.web.Http.Response;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.StepsNotRecordedException;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application with a store of its own, which does not record steps.
 */
class UnrecordedStepsTests {

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.with(OwnStore.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void whatNeedsRecordedStepsIsRefusedAndStoresNothing() {
		assertThat(application.beans(RunJournal.class)).isEmpty();
		Response failed = this.http.post("/buddy/workflows/failing/runs", "{\"input\":{\"text\":\"x\"}}");
		String runId = (String) failed.at("run_id");
		String run = "/buddy/runs/" + runId;
		assertThat(this.http.get(run).json()).containsEntry("status", "ERROR")
			.containsEntry("resumable", false)
			.containsEntry("epoch", 0);
		WorkflowSessionRepository store = application.bean(WorkflowSessionRepository.class);
		StoredRun before = store.findRun(runId).orElseThrow();

		List<Response> refused = List.of(this.http.post(run + "/resume", ""), this.http.post(run + "/retry", "{}"),
				this.http.post(run + "/fork", "{\"before\":\"a\"}"), this.http.post(run + "/verify", ""),
				this.http.post("/buddy/workflows/failing/verify", ""), this.http.get(run + "/steps"),
				this.http.get(run + "/steps?full=true"));

		assertThat(refused).allSatisfy((answer) -> {
			assertThat(answer.status()).as(answer.body()).isEqualTo(501);
			assertThat(answer.problem()).isEqualTo("steps-not-recorded");
			assertThat(answer.at("detail")).asString().contains("declare a RunJournal bean");
		});
		assertThat(store.findRun(runId)).contains(before);
		assertThat(this.http.get("/buddy/runs").items()).hasSize(1);
		assertThat(this.http.post("/buddy/runs/none/resume", "").problem()).isEqualTo("run-not-found");
	}

	@Test
	void javaCallsAreRefusedByName() {
		WorkflowRuns runs = application.bean(WorkflowRuns.class);
		List<Runnable> calls = List.of(() -> runs.resume("r"), () -> runs.retry("r"), () -> runs.fork("r", "a"),
				() -> runs.verify("r"), () -> runs.verifyUnfinished("failing", RunPage.first(1)),
				() -> runs.steps("r", null, 1));
		assertThat(calls)
			.allSatisfy((call) -> assertThatExceptionOfType(StepsNotRecordedException.class).isThrownBy(call::run)
				.withMessageContaining("RunJournal"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnStore {

		@Bean
		WorkflowSessionRepository ownStore() {
			return new DelegatingRepository(new MapWorkflowSessionRepository());
		}

	}

}
