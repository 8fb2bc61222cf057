package buddy.storage;

import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

class NewRunTests {

	private final NewRun run = TestRun.of("r1")
		.user("alice")
		.newRun(new SessionSeed("A name", "{\"name\":\"W\"}", "{\"extra\":1}"))
		.parentRunId("parent")
		.createdAt(5)
		.input("{\"a\":1}")
		.recordStart(true)
		.concurrency(SessionConcurrency.WAIT)
		.ownerNode("n1")
		.idempotencyKey(new IdempotencyKey("key", "request"))
		.build();

	@Test
	void copyHasAllThatTheRunHas() {
		assertThat(this.run).hasNoNullFieldsOrProperties();
		assertThat(this.run.toBuilder().build()).isEqualTo(this.run);
		assertThat(this.run.with(SessionConcurrency.MERGE, null).with(SessionConcurrency.WAIT, "n1"))
			.isEqualTo(this.run);
	}

	@Test
	void runWithAnIdempotencyKeyIsStoredWhenItBegins() {
		NewRun unrecorded = TestRun.of("r1").unrecorded().newRun();
		assertThat(unrecorded.recordStart()).isFalse();
		assertThat(unrecorded.withIdempotencyKey(null).recordStart()).isFalse();
		assertThat(unrecorded.withIdempotencyKey(this.run.idempotencyKey()).recordStart()).isTrue();
	}

	@Test
	void createdSessionGetsTheSeed() {
		StoredSession session = this.run.newSession();
		assertThat(session.sessionId()).isEqualTo("s1");
		assertThat(session.workflowId()).isEqualTo("w1");
		assertThat(session.userId()).isEqualTo("alice");
		assertThat(session.sessionName()).isEqualTo("A name");
		assertThat(session.workflowData()).isEqualTo("{\"name\":\"W\"}");
		assertThat(session.extraData()).isEqualTo("{\"extra\":1}");
	}

	@Test
	void endKeepsWhatTheBeginRecorded() {
		StoredRun begun = this.run.toStoredRun(RunStatus.RUNNING);
		assertThat(begun.response()).isNull();
		assertThat(begun.endedAt()).isNull();
		StoredRun ended = new RunEnd(this.run, true, RunStatus.ERROR, "{\"content\":1}", "{\"message\":\"why\"}", 7,
				null)
			.withLastEvent(3L)
			.toStoredRun();
		assertThat(ended).isEqualTo(new StoredRun(this.run.key(), "parent", RunStatus.ERROR, "{\"a\":1}",
				"{\"content\":1}", "{\"message\":\"why\"}", 5, 7L, 3L, 0, 0, RunOrigin.NONE, null));
		assertThat(begun.key()).isEqualTo(ended.key());
	}

}
