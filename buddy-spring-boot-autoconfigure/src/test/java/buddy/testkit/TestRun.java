package buddy.testkit;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;

/**
 * A run for tests of stores: nobody's, of workflow {@code w1} in session {@code s1}, with
 * empty input, begun at 1000, unless a test says otherwise.
 */
public final class TestRun {

	private final RunKey.Builder key;

	private long createdAt = 1000;

	private boolean recordStart = true;

	private TestRun(String runId) {
		this.key = RunKey.builder().runId(runId).workflowId("w1").sessionId("s1");
	}

	public static TestRun of(String runId) {
		return new TestRun(runId);
	}

	public TestRun session(String sessionId) {
		this.key.sessionId(sessionId);
		return this;
	}

	public TestRun workflow(String workflowId) {
		this.key.workflowId(workflowId);
		return this;
	}

	public TestRun user(@Nullable String userId) {
		this.key.userId(userId);
		return this;
	}

	public TestRun at(long millis) {
		this.createdAt = millis;
		return this;
	}

	/** It is not stored when it begins. */
	public TestRun unrecorded() {
		this.recordStart = false;
		return this;
	}

	public RunKey key() {
		return this.key.build();
	}

	/** The run that begins, whose session gets nothing of it if it is created. */
	public NewRun newRun() {
		return newRun(new SessionSeed(null, "{}", null)).build();
	}

	public NewRun.Builder newRun(SessionSeed session) {
		return NewRun.builder(key(), session).createdAt(this.createdAt).recordStart(this.recordStart);
	}

	/** The record of the run, as yet without response and end. */
	public StoredRun.Builder stored(RunStatus status) {
		return StoredRun.builder(key(), status).input("{}").createdAt(this.createdAt);
	}

}
