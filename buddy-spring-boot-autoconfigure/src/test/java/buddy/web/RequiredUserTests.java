package buddy.web;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import buddy.session.RunPage;
import buddy.session.UserRequiredException;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.web.Http.Response;
import buddy.web.WebApplication.EchoWorkflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which routes show sessions of nobody, and to whom.
 */
class RequiredUserTests {

	private static final String REQUIRED = "buddy.session.require-user=true";

	private static final List<String> LOOKS = List.of("/buddy/sessions", "/buddy/sessions/job",
			"/buddy/sessions/job/runs", "/buddy/sessions/job/export", "/buddy/runs", "/buddy/runs/");

	@Test
	void clientsWithoutAUserAreShownNothingWhereUsersAreRequired() {
		try (WebApplication application = WebApplication.open(REQUIRED)) {
			String runId = nightlyJob(application);
			Http http = application.http();
			looks(runId).forEach((path) -> {
				Response look = http.get(path);
				assertThat(look.status()).as(path).isEqualTo(403);
				assertThat(look.problem()).as(path).isEqualTo("user-required");
			});
			assertThat(http.get("/buddy/runs/" + runId + "/events").status()).isNotEqualTo(200);
			assertThat(http.delete("/buddy/sessions/job").problem()).isEqualTo("user-required");
			assertThat(http.patch("/buddy/sessions/job", "{\"session_name\":\"mine\"}").problem())
				.isEqualTo("user-required");
			assertThat(http.post("/buddy/runs/" + runId + "/cancel", "{}").problem()).isEqualTo("user-required");
			assertThat(application.bean(WorkflowSessions.class).asUser("job").find("job")).isPresent();
		}
	}

	@Test
	void usersAreRequiredBesideWebSecurityUnlessTheApplicationSaysOtherwise() {
		try (WebApplication application = WebApplication.secured()) {
			String runId = nightlyJob(application);
			WorkflowSessions sessions = application.bean(WorkflowSessions.class);
			sessions.asUser(null).create(WorkflowSession.of("unowned", "echo", null));
			assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> sessions.recent(5));
			assertThatExceptionOfType(UserRequiredException.class)
				.isThrownBy(() -> application.bean(WorkflowRuns.class).unfinished(RunPage.first(1)));
			Http alice = application.http().as("alice");
			assertThat(alice.get("/buddy/sessions").body()).doesNotContain("unowned").doesNotContain("job");
			looks(runId).filter((path) -> path.contains("job") || path.contains(runId))
				.forEach((path) -> assertThat(alice.get(path).status()).as(path).isEqualTo(404));
			assertThat(alice.get("/buddy/sessions/unowned").status()).isEqualTo(404);
			assertThat(alice.delete("/buddy/sessions/unowned").status()).isEqualTo(404);
			assertThat(sessions.asUser(null).find("unowned")).isPresent();
			assertThat(sessions.asUser("alice").find("unowned")).isEmpty();
		}
		try (WebApplication open = WebApplication.secured("buddy.session.require-user=false")) {
			WorkflowSessions sessions = open.bean(WorkflowSessions.class);
			sessions.create(WorkflowSession.of("unowned", "echo", null));
			assertThat(open.http().as("alice").get("/buddy/sessions/unowned").status()).isEqualTo(200);
		}
	}

	/** A job signs nobody in, so it names its user itself. */
	private static String nightlyJob(WebApplication application) {
		EchoWorkflow echo = application.bean(EchoWorkflow.class);
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> echo.run("a", 1))
			.withMessageContaining("buddy.session.require-user=false");
		return WorkflowScope.session("job").user("job").call(() -> echo.run("a", 1)).runId();
	}

	private static Stream<String> looks(String runId) {
		return LOOKS.stream().map((path) -> path.equals("/buddy/runs/") ? path + runId : path);
	}

}
