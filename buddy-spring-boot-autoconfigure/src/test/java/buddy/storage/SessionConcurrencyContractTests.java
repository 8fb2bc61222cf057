package buddy.storage;

import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.session.SessionAccess;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How every store lets runs share a session, hold it for themselves, and wait for it.
 */
public abstract class SessionConcurrencyContractTests {

	private WorkflowSessionRepository repository;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
	}

	// reject

	@Test
	void rejectingRunHoldsANewSession() {
		OpenedSession opened = this.repository.begin(rejecting("r1"));

		assertThat(opened).isEqualTo(new OpenedSession(rejecting("r1").newSession(), true, false, null));
		assertRefused(rejecting("r2"), "r1");
	}

	@Test
	void rejectingRunHoldsASessionThatExistsUntilItEnds() {
		NewRun shared = run("r0");
		this.repository.begin(shared);
		this.repository.begin(rejecting("r1"));

		assertRefused(rejecting("r2"), "r1");
		assertThat(end(shared)).isEqualTo(EndOutcome.STORED);
		assertRefused(rejecting("r2"), "r1");
		assertThat(end(rejecting("r1"))).isEqualTo(EndOutcome.STORED);

		assertThat(this.repository.begin(rejecting("r2")).waiting()).isFalse();
		assertThat(status("r2")).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void refusedRunLeavesNoTrace() {
		NewRun unowned = rejecting("r1");
		this.repository.begin(unowned);
		StoredSession before = session();

		assertRefused(run("r2", "alice").with(SessionConcurrency.REJECT, null), "r1");

		assertThat(session()).isEqualTo(before);
		assertThat(this.repository.findRun("r2")).isEmpty();
	}

	@Test
	void exclusiveRunIsStoredWhenItBeginsWhateverItAsksFor() {
		NewRun run = TestRun.of("r1").unrecorded().newRun().with(SessionConcurrency.REJECT, null);

		assertThat(this.repository.begin(run).recorded()).isTrue();

		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void exclusiveRunIsRefusedWhatAnotherUserOrWorkflowOwns() {
		this.repository.begin(run("r1", "alice"));

		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(waiting("r2")));
		NewRun others = TestRun.of("r3").workflow("w2").user("alice").newRun();
		assertThatExceptionOfType(SessionWorkflowMismatchException.class)
			.isThrownBy(() -> this.repository.begin(others.with(SessionConcurrency.REJECT, null)));

		assertThat(this.repository.begin(run("r4", "alice").with(SessionConcurrency.REJECT, null)).waiting()).isFalse();
	}

	@Test
	void exclusiveRunTakesANobodysSessionOver() {
		this.repository.begin(run("r1"));

		OpenedSession opened = this.repository.begin(run("r2", "alice").with(SessionConcurrency.REJECT, null));

		assertThat(opened.session().userId()).isEqualTo("alice");
		assertThat(session().userId()).isEqualTo("alice");
	}

	@Test
	void sharingRunBeginsAndEndsBesideAHolder() {
		this.repository.begin(rejecting("r1"));
		NewRun shared = run("r2");

		assertThat(this.repository.begin(shared).waiting()).isFalse();
		assertThat(this.repository.end(ended(shared, RunStatus.COMPLETED, change("{\"theirs\":1}", 0))))
			.isEqualTo(EndOutcome.STORED);

		assertRefused(rejecting("r3"), "r1");
		assertThat(this.repository.end(ended(rejecting("r1"), RunStatus.COMPLETED, change("{\"mine\":1}", 0))))
			.isEqualTo(EndOutcome.VERSION_MISSED);
		assertThat(this.repository.end(ended(rejecting("r1"), RunStatus.COMPLETED, change("{\"mine\":1}", 1))))
			.isEqualTo(EndOutcome.STORED);
		assertThat(this.repository.begin(rejecting("r4")).waiting()).isFalse();
	}

	// wait

	@Test
	void waitingRunIsStoredAsPending() {
		this.repository.begin(rejecting("r1"));

		OpenedSession queued = this.repository.begin(waiting("r2"));

		assertThat(queued.waiting()).isTrue();
		assertThat(queued.recorded()).isTrue();
		assertThat(queued.session()).isEqualTo(session());
		assertThat(status("r2")).isEqualTo(RunStatus.PENDING);
		assertThat(this.repository.enter(waiting("r2"))).isEmpty();
		assertThat(status("r2")).isEqualTo(RunStatus.PENDING);
	}

	@Test
	void waitingRunsEnterOneByOneInTheirOrder() {
		this.repository.begin(waiting("r1"));
		this.repository.begin(waiting("r3"));
		this.repository.begin(waiting("r4"));
		StoredSession before = session();
		assertThat(
				this.repository.end(ended(waiting("r1"), RunStatus.COMPLETED, change("{\"a\":1}", before.version()))))
			.isEqualTo(EndOutcome.STORED);

		assertThat(this.repository.enter(waiting("r4"))).isEmpty();
		Optional<OpenedSession> entered = this.repository.enter(waiting("r3"));
		assertThat(entered).contains(new OpenedSession(session(), true));
		assertThat(entered.orElseThrow().session().version()).isEqualTo(1);
		assertThat(status("r3")).isEqualTo(RunStatus.RUNNING);
		assertThat(this.repository.enter(waiting("r4"))).isEmpty();

		assertThat(end(waiting("r3"))).isEqualTo(EndOutcome.STORED);
		assertThat(this.repository.enter(waiting("r4"))).isPresent();
		assertThat(end(waiting("r4"))).isEqualTo(EndOutcome.STORED);
		assertThat(this.repository.begin(rejecting("r5")).waiting()).isFalse();
	}

	@Test
	void nobodyPassesTheQueue() {
		this.repository.begin(rejecting("r1"));
		this.repository.begin(waiting("r2"));
		end(rejecting("r1"));

		assertThatExceptionOfType(SessionBusyException.class).isThrownBy(() -> this.repository.begin(rejecting("r3")))
			.withMessageContaining("s1")
			.satisfies((busy) -> assertThat(busy.holderRunId()).isNull());
		assertThat(this.repository.begin(waiting("r4")).waiting()).isTrue();
		assertThat(this.repository.enter(waiting("r4"))).isEmpty();
		assertThat(this.repository.enter(waiting("r2"))).isPresent();
	}

	@Test
	void withdrawnRunLeavesNoTraceAndFreesItsPlace() {
		this.repository.begin(rejecting("r1"));
		this.repository.begin(waiting("r2"));
		this.repository.begin(waiting("r3"));

		assertThat(this.repository.withdraw(waiting("r2"))).isTrue();
		assertThat(this.repository.withdraw(waiting("r2"))).isFalse();
		assertThat(this.repository.withdraw(rejecting("r1"))).isFalse();

		assertThat(this.repository.findRun("r2")).isEmpty();
		assertGone(waiting("r2"));
		end(rejecting("r1"));
		assertThat(this.repository.enter(waiting("r3"))).isPresent();
		assertThat(this.repository.withdraw(waiting("r3"))).isFalse();
		assertThat(status("r3")).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void cancelledWaitingRunEndsWithoutTheSession() {
		this.repository.begin(rejecting("r1"));
		this.repository.begin(waiting("r2"));

		assertThat(this.repository.end(ended(waiting("r2"), RunStatus.CANCELLED, null))).isEqualTo(EndOutcome.STORED);

		assertThat(status("r2")).isEqualTo(RunStatus.CANCELLED);
		assertThat(session().updatedAt()).isEqualTo(2000);
		assertGone(waiting("r2"));
		assertRefused(rejecting("r3"), "r1");
		end(rejecting("r1"));
		assertThat(this.repository.begin(rejecting("r3")).waiting()).isFalse();
	}

	@Test
	void waitingRunOfADeletedSessionIsGone() {
		this.repository.begin(rejecting("r1"));
		this.repository.begin(waiting("r2"));
		this.repository.delete("s1", SessionAccess.ofUser("alice"));

		assertGone(waiting("r2"));
		assertThat(this.repository.withdraw(waiting("r2"))).isFalse();
		assertThat(end(rejecting("r1"))).isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.begin(rejecting("r3")).waiting()).isFalse();
	}

	@Test
	void runThatNeverWaitedCannotEnter() {
		this.repository.begin(rejecting("r1"));

		assertGone(rejecting("r1"));
		assertGone(waiting("r9"));
	}

	@Test
	void sessionThatAnotherUserTookOverMeanwhileIsNotEntered() {
		this.repository.begin(rejecting("r1"));
		this.repository.begin(waiting("r2"));
		this.repository.begin(run("r3", "alice"));
		end(rejecting("r1"));

		assertGone(waiting("r2"));
		assertThat(status("r2")).isEqualTo(RunStatus.PENDING);
		assertThat(this.repository.withdraw(waiting("r2"))).isTrue();
	}

	// ends of holders

	@Test
	void runThatEndsBadlyFreesItsSession() {
		for (RunStatus status : new RunStatus[] { RunStatus.ERROR, RunStatus.CANCELLED, RunStatus.COMPLETED }) {
			NewRun run = rejecting("r-" + status);
			this.repository.begin(run);
			assertThat(this.repository.end(ended(run, status, null))).isEqualTo(EndOutcome.STORED);
			assertThat(status(run.runId())).isEqualTo(status);
		}
		assertThat(this.repository.begin(rejecting("r9")).waiting()).isFalse();
	}

	@Test
	void holdersEndIsStoredOnce() {
		this.repository.begin(rejecting("r1"));
		end(rejecting("r1"));
		this.repository.begin(rejecting("r2"));

		assertThat(end(rejecting("r1"))).isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.end(ended(rejecting("r1"), RunStatus.COMPLETED, change("{\"a\":1}", 0))))
			.isEqualTo(EndOutcome.GONE);

		assertThat(session().state()).isNull();
		assertRefused(rejecting("r3"), "r2");
	}

	// merged ends

	@Test
	void mergedEndIsStoredOverWhateverVersion() {
		NewRun mine = run("r1");
		this.repository.begin(mine);
		NewRun theirs = run("r2");
		this.repository.begin(theirs);
		this.repository.end(ended(theirs, RunStatus.COMPLETED, change("{\"theirs\":1}", 0)));

		EndOutcome outcome = this.repository.endMerged(ended(mine, RunStatus.COMPLETED, change("{\"mine\":1}", 0)),
				(session) -> change(session.state().replace("}", ",\"mine\":1}"), session.version()));

		assertThat(outcome).isEqualTo(EndOutcome.STORED);
		assertThat(session().state()).contains("theirs", "mine");
		assertThat(session().version()).isEqualTo(2);
		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void mergedEndOfAHolderFreesTheSession() {
		this.repository.begin(rejecting("r1"));

		assertThat(this.repository.endMerged(ended(rejecting("r1"), RunStatus.COMPLETED, null),
				(session) -> change("{\"a\":1}", session.version())))
			.isEqualTo(EndOutcome.STORED);

		assertThat(this.repository.begin(rejecting("r2")).session().version()).isEqualTo(1);
	}

	@Test
	void mergedEndOfWhatIsGoneIsGone() {
		NewRun run = run("r1");
		this.repository.begin(run);
		end(run);
		StoredSession before = session();

		assertThat(this.repository.endMerged(ended(run, RunStatus.COMPLETED, null),
				(session) -> change("{\"a\":1}", session.version())))
			.isEqualTo(EndOutcome.GONE);
		assertThat(session()).isEqualTo(before);

		this.repository.delete("s1", SessionAccess.ofUser("alice"));
		assertThat(this.repository.endMerged(ended(run, RunStatus.COMPLETED, null), (session) -> {
			throw new AssertionError("there is nothing to merge with");
		})).isEqualTo(EndOutcome.GONE);
	}

	@Test
	void failingMergeWritesNothing() {
		NewRun run = run("r1");
		this.repository.begin(run);

		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.repository.endMerged(ended(run, RunStatus.COMPLETED, null), (session) -> {
				throw new IllegalStateException("as asked");
			}));

		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
		assertThat(end(run)).isEqualTo(EndOutcome.STORED);
	}

	// undo

	@Test
	void beginThatIsTakenBackLeavesNoTraceAndFreesSessionAndKey() {
		this.repository.begin(run("r0"));
		StoredSession before = session();
		NewRun holder = rejecting("r1").withIdempotencyKey(new IdempotencyKey("k1", "asked"));
		this.repository.begin(holder);
		this.repository.begin(waiting("r2"));

		assertThat(this.repository.undo(waiting("r2"))).isTrue();
		assertThat(this.repository.undo(holder)).isTrue();
		assertThat(this.repository.undo(holder)).isFalse();

		assertThat(session()).isEqualTo(before);
		assertThat(this.repository.findRun("r1")).isEmpty();
		assertThat(this.repository.findRun("r2")).isEmpty();
		assertThat(
				this.repository.begin(rejecting("r3").withIdempotencyKey(new IdempotencyKey("k1", "asked"))).waiting())
			.isFalse();
	}

	@Test
	void whatHasEndedOrHoldsTheSessionNowIsNotTakenBack() {
		this.repository.begin(rejecting("r1"));
		end(rejecting("r1"));
		this.repository.begin(rejecting("r2"));

		assertThat(this.repository.undo(rejecting("r1"))).isFalse();
		assertThat(this.repository.undo(rejecting("r9"))).isFalse();

		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
		assertRefused(rejecting("r3"), "r2");
	}

	private void assertRefused(NewRun run, String holder) {
		assertThatExceptionOfType(SessionBusyException.class).isThrownBy(() -> this.repository.begin(run))
			.satisfies((busy) -> assertThat(busy.holderRunId()).isEqualTo(holder));
		assertThat(this.repository.findRun(run.runId())).isEmpty();
	}

	private void assertGone(NewRun run) {
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> this.repository.enter(run));
	}

	private EndOutcome end(NewRun run) {
		return this.repository.end(ended(run, RunStatus.COMPLETED, null));
	}

	private StoredSession session() {
		return this.repository.find("s1").orElseThrow();
	}

	private RunStatus status(String runId) {
		return this.repository.findRun(runId).orElseThrow().status();
	}

	private static NewRun rejecting(String runId) {
		return run(runId).with(SessionConcurrency.REJECT, null);
	}

	private static NewRun waiting(String runId) {
		return run(runId).with(SessionConcurrency.WAIT, null);
	}

	private static NewRun run(String runId) {
		return run(runId, null);
	}

	private static NewRun run(String runId, String userId) {
		return TestRun.of(runId).user(userId).newRun();
	}

	private static RunEnd ended(NewRun run, RunStatus status, RunEnd.StateChange change) {
		return new RunEnd(run, true, status, "{}", null, 2000, change);
	}

	private static RunEnd.StateChange change(String state, long expectedVersion) {
		return new RunEnd.StateChange(state, expectedVersion);
	}

}
