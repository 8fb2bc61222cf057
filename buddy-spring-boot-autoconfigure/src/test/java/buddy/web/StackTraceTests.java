package buddy.web;

import org.junit.jupiter.api.Test;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who reads the stack trace of a failed run over HTTP.
 */
class StackTraceTests {

	@Test
	void operatorsReadItAndViewersDoNot() {
		try (WebApplication application = WebApplication.secured("buddy.web.security.operator-sees-all=true")) {
			assertThat(shown(application.http().as("alice"), application.http().as("alice"))).isTrue();
		}
		try (WebApplication application = WebApplication.secured("buddy.web.security.operator-role=vera-only",
				"buddy.web.security.viewer-role=operator")) {
			Http alice = application.http().as("alice");
			assertThat(alice.post("/buddy/workflows/failing/runs", "{\"input\":{\"text\":\"a\"}}").status())
				.isEqualTo(403);
		}
	}

	@Test
	void operatorsDoNotReadItWhereNobodyDoes() {
		try (WebApplication application = WebApplication.secured("buddy.web.show-stack-traces=never")) {
			assertThat(shown(application.http().as("alice"), application.http().as("alice"))).isFalse();
		}
	}

	@Test
	void withoutSpringSecurityItIsReadWhileTheApplicationIsDeveloped() {
		try (WebApplication application = WebApplication.open()) {
			assertThat(shown(application.http(), application.http())).isFalse();
		}
		for (String profile : new String[] { "local", "dev", "test" }) {
			try (WebApplication application = WebApplication.open("spring.profiles.active=" + profile)) {
				assertThat(shown(application.http(), application.http())).as(profile).isTrue();
			}
		}
	}

	@Test
	void remoteClientsDoNotReadItUnlessEverybodyDoes() {
		try (WebApplication application = WebApplication.open("spring.profiles.active=dev",
				"buddy.web.allow-remote=true")) {
			assertThat(shown(application.http(), application.http())).isFalse();
		}
		try (WebApplication application = WebApplication.open("buddy.web.show-stack-traces=always")) {
			assertThat(shown(application.http(), application.http())).isTrue();
		}
	}

	/** Nor does the answer of the failed request or the export ever tell it. */
	private static boolean shown(Http starter, Http reader) {
		Response failed = starter.post("/buddy/workflows/failing/runs", "{\"input\":{\"text\":\"a\"}}");
		assertThat(failed.status()).isEqualTo(500);
		assertThat(failed.body()).doesNotContain("\\tat ");
		Response run = reader.get("/buddy/runs/" + failed.at("run_id"));
		assertThat(run.at("error", "type")).isEqualTo(IllegalStateException.class.getName());
		assertThat(reader.get("/buddy/sessions/" + run.at("session_id") + "/export").body())
			.doesNotContain("stack_trace");
		Object trace = run.at("error", "stack_trace");
		assertThat(trace == null || trace.toString().contains("FailingWorkflow.run")).isTrue();
		return trace != null;
	}

}
