package buddy.web;

import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs that wait for their turn in a session which does not come: nobody is told of a run
 * that cannot be found afterwards.
 */
class WaitingRunTests {

	private static final String RUNS = "/buddy/workflows/gated/runs";

	private static final String BODY = "{\"session\":{\"session_id\":\"s1\"}}";

	private WebApplication application;

	@BeforeEach
	void holdTheSession() {
		this.application = WebApplication.open("buddy.session.concurrency=wait", "buddy.session.wait-timeout=300ms");
		assertThat(started().status()).isEqualTo(202);
	}

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void clientThatWaitsIsToldThatTheSessionIsBusy() {
		for (Http http : List.of(this.application.http(), this.application.http().with("Idempotency-Key", "k1"))) {
			Response refused = http.post(RUNS, BODY);

			assertThat(refused.status()).as(refused.body()).isEqualTo(409);
			assertThat(refused.problem()).isEqualTo("session-busy");
			assertThat(refused.header("Retry-After")).isPresent();
			assertThat(refused.at("run_id")).isNull();
			assertThat(this.application.stored().get("runs")).hasSize(1);
		}
		this.application.gate().open();
		Awaitility.await().until(() -> "COMPLETED".equals(this.application.stored().get("runs").get(0).get("STATUS")));
		assertThat(this.application.http().with("Idempotency-Key", "k1").post(RUNS, BODY).status())
			.as("what was refused leaves its key free")
			.isEqualTo(200);
	}

	@Test
	void runThatWasAcceptedIsFoundWithItsEnd() {
		Http keyed = this.application.http().with("Idempotency-Key", "k1");
		Response accepted = keyed.with("Prefer", "respond-async").post(RUNS, BODY);
		assertThat(accepted.status()).isEqualTo(202);
		String run = "/buddy/runs/" + accepted.at("run_id");
		assertThat(this.application.http().get(run).at("status")).isIn("PENDING", "ERROR");

		Awaitility.await().until(() -> this.application.http().get(run).at("status").equals("ERROR"));

		Response ended = this.application.http().get(run);
		assertThat((Map<?, ?>) ended.at("error"))
			.satisfies((error) -> assertThat(error.get("reason")).isEqualTo("session_busy"));
		Response again = keyed.post(RUNS, BODY);
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.problem()).isEqualTo("session-busy");
		assertThat(again.at("run_id")).isEqualTo(accepted.at("run_id"));
	}

	@Test
	void streamOfARunWhoseTurnDoesNotComeEndsWithItsLastEvent() {
		Response stream = this.application.http().with("Accept", "text/event-stream").post(RUNS, BODY);

		assertThat(stream.body()).contains("event:WorkflowStarted", "event:WorkflowError")
			.contains("waited PT0.3S for its turn");
	}

	private Response started() {
		return this.application.http().with("Prefer", "respond-async").post(RUNS, BODY);
	}

}
