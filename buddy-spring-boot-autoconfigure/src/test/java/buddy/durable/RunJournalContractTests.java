package buddy.durable;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.SessionAccess;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What every journal does.
 */
public abstract class RunJournalContractTests {

	private WorkflowSessionRepository runs;

	private RunJournal journal;

	/** An empty store of runs; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** The journal beside it. */
	protected abstract RunJournal journal();

	@BeforeEach
	void open() {
		this.runs = emptyRepository();
		this.journal = journal();
	}

	@Test
	void stepComesBackAsItWasWritten() {
		String run = begin().runId();
		StepHead head = new StepHead("analyse[3]/facts#2", 7, StepKind.AGENT, StepStatus.DONE, 3, 0, 1000, 2000L,
				3000L);
		String result = "{\"zeta\":1.0E10,\"alpha\":\"ä \\\"quoted\\\" \\n 😀\",\"list\":[1.50,2],\"x\":{}}";
		StoredStep step = new StoredStep(run, head, "typed", "0".repeat(64), result, "{\"type\":\"T\"}",
				new StepState("[[\"put\",\"k\",1]]", "{\"n\":12345678901234567.89}", 4L), 57L);

		assertThat(this.journal.append(step)).isEqualTo(JournalWrite.STORED);

		assertThat(this.journal.read(run, List.of(head.key()))).containsExactly(step);
		assertThat(this.journal.heads(run)).containsExactly(head);
		assertThat(head.scope()).isEqualTo("analyse[3]/");
		assertThat(head.name()).isEqualTo("facts");
	}

	@Test
	void stepWithoutAnythingToTellComesBackToo() {
		String run = begin().runId();
		StoredStep step = new StoredStep(run, started("s", 0, 0));
		this.journal.append(step);
		assertThat(this.journal.read(run, List.of("s"))).containsExactly(step);
	}

	@Test
	void keysDifferByCaseAccentAndTrailingSpace() {
		String run = begin().runId();
		List<String> keys = List.of("e", "E", "é", "e\u0301", "e ", "😀");
		keys.forEach(
				(key) -> assertThat(this.journal.append(done(run, key, 0, 0, "1"))).isEqualTo(JournalWrite.STORED));
		assertThat(this.journal.heads(run)).extracting(StepHead::key).containsExactlyInAnyOrderElementsOf(keys);
		assertThat(this.journal.read(run, List.of("e"))).extracting(StoredStep::key).containsExactly("e");
	}

	@Test
	void stepThatIsThereAlreadyStaysAndCountsAsStoredIfItIsTheSame() {
		String run = begin().runId();
		StoredStep step = done(run, "s", 0, 0, "1");
		assertThat(this.journal.append(step)).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.append(step)).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.heads(run)).hasSize(1);
	}

	@Test
	void startedStepGetsItsOutcomeOnce() {
		String run = begin().runId();
		StoredStep started = new StoredStep(run, started("s", 0, 0));
		this.journal.append(started);
		StoredStep done = started.done(started.head().as(StepStatus.DONE, 2, 0, 2000L), "\"ok\"");

		assertThat(this.journal.update(done)).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.read(run, List.of("s"))).containsExactly(done);

		StoredStep failed = started.failed(started.head().as(StepStatus.FAILED, 3, 0, 3000L), "{}");
		assertThat(this.journal.update(failed)).isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.read(run, List.of("s"))).containsExactly(done);
		assertThat(this.journal.update(new StoredStep(run, started("other", 1, 0)))).isEqualTo(JournalWrite.FENCED);
	}

	@Test
	void nothingIsWrittenInAnEpochThatIsOver() {
		NewRun run = begin();
		this.journal.append(new StoredStep(run.runId(), started("s", 0, 0)));
		fail(run);
		assertThat(take(run.runId(), 0, RunStatus.ERROR)).isTrue();

		assertThat(this.journal.append(done(run.runId(), "late", 1, 0, "1"))).isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.update(done(run.runId(), "s", 0, 0, "1"))).isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.append(done(run.runId(), "fresh", 1, 1, "1"))).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.update(done(run.runId(), "s", 0, 1, "1"))).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.append(done(run.runId(), "early", 2, 2, "1"))).isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.heads(run.runId())).extracting(StepHead::key, StepHead::epoch)
			.containsExactlyInAnyOrder(tuple("s", 1), tuple("fresh", 1));
	}

	@Test
	void nothingIsWrittenOfARunThatHasEndedOrIsGone() {
		NewRun run = begin();
		fail(run);
		assertThat(this.journal.append(done(run.runId(), "s", 0, 0, "1"))).isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.append(done(UUID.randomUUID().toString(), "s", 0, 0, "1")))
			.isEqualTo(JournalWrite.FENCED);
	}

	@Test
	void runIsTakenOnceFromWhatWasSeen() {
		NewRun run = begin();
		assertThat(take(run.runId(), 0, RunStatus.RUNNING)).as("its owner is not known to be dead").isFalse();
		fail(run);
		assertThat(take(run.runId(), 1, RunStatus.ERROR)).isFalse();
		assertThat(take(run.runId(), 0, RunStatus.CANCELLED)).isFalse();
		assertThat(take(run.runId(), 0, RunStatus.ERROR)).isTrue();
		assertThat(take(run.runId(), 0, RunStatus.ERROR)).isFalse();
		assertThat(this.runs.findRun(run.runId())).hasValueSatisfying((taken) -> {
			assertThat(taken.status()).isEqualTo(RunStatus.RUNNING);
			assertThat(taken.error()).isNull();
			assertThat(taken.response()).isNull();
			assertThat(taken.endedAt()).isNull();
		});
	}

	@Test
	void ofManyWhoTakeARunAtOnceOneHasIt() throws Exception {
		NewRun run = begin();
		fail(run);
		CountDownLatch go = new CountDownLatch(1);
		List<CompletableFuture<Boolean>> takes = IntStream.range(0, 8)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> {
				await(go);
				return take(run.runId(), 0, RunStatus.ERROR);
			}, (task) -> new Thread(task).start()))
			.toList();
		go.countDown();
		long taken = 0;
		for (CompletableFuture<Boolean> take : takes) {
			taken += take.get() ? 1 : 0;
		}
		assertThat(taken).isOne();
	}

	@Test
	void runThatCompletedIsNotTaken() {
		NewRun run = begin();
		assertThat(end(run, RunStatus.COMPLETED)).isEqualTo(EndOutcome.STORED);
		assertThat(take(run.runId(), 0, RunStatus.COMPLETED)).isFalse();
		assertThat(this.runs.findRun(run.runId())).hasValueSatisfying((stored) -> {
			assertThat(stored.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(stored.epoch()).isZero();
		});
	}

	@Test
	void runThatWasCancelledIsTakenByThoseWhoAskForIt() {
		NewRun run = begin();
		assertThat(end(run, RunStatus.CANCELLED)).isEqualTo(EndOutcome.STORED);
		assertThat(take(run.runId(), 0, RunStatus.CANCELLED)).isTrue();
	}

	@Test
	void runThatWaitsForItsSessionIsNotTaken() {
		NewRun first = begin(SessionConcurrency.WAIT);
		NewRun waiting = begin(SessionConcurrency.WAIT);
		assertThat(take(waiting.runId(), 0, RunStatus.PENDING)).isFalse();
		assertThat(end(first, RunStatus.COMPLETED)).isEqualTo(EndOutcome.STORED);
		assertThat(this.runs.enter(waiting)).isPresent();
	}

	@Test
	void runThatIsTakenAndMustWaitComesBeforeThoseThatBeganLater() {
		NewRun failed = begin(SessionConcurrency.WAIT);
		assertThat(end(failed, RunStatus.ERROR)).isEqualTo(EndOutcome.STORED);
		NewRun holder = begin(SessionConcurrency.WAIT, 1000);
		NewRun later = begin(SessionConcurrency.WAIT, 1100);

		assertThat(this.journal.take(new RunTake(failed.runId(), 0, RunStatus.ERROR, null, false, true))).isTrue();

		NewRun taken = failed.toBuilder().epoch(1).build();
		assertThat(this.runs.findRun(taken.runId())).hasValueSatisfying((stored) -> {
			assertThat(stored.status()).isEqualTo(RunStatus.PENDING);
			assertThat(stored.epoch()).isOne();
		});
		assertThat(this.runs.enter(taken)).isEmpty();
		assertThat(end(holder, RunStatus.COMPLETED)).isEqualTo(EndOutcome.STORED);
		assertThat(this.runs.enter(later)).isEmpty();
		assertThatExceptionOfType(SessionNotFoundException.class).as("its earlier execution")
			.isThrownBy(() -> this.runs.enter(failed));
		assertThat(this.runs.enter(taken)).isPresent();
		assertThat(this.journal.append(done(taken.runId(), "s", 0, 1, "1"))).isEqualTo(JournalWrite.STORED);
	}

	@Test
	void executionThatIsOverEndsNothingAndChangesNoState() {
		for (SessionConcurrency concurrency : List.of(SessionConcurrency.MERGE, SessionConcurrency.WAIT)) {
			NewRun run = begin(concurrency);
			assertThat(end(run, RunStatus.ERROR)).isEqualTo(EndOutcome.STORED);
			assertThat(take(run.runId(), 0, RunStatus.ERROR)).isTrue();
			StoredSession before = session();
			RunEnd late = new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 900, null);
			RunEnd.StateChange change = new RunEnd.StateChange("{\"late\":1}", before.version());

			assertThat(this.runs.end(late)).isEqualTo(EndOutcome.FENCED);
			assertThat(this.runs.end(late.withLastEvent(7L))).isEqualTo(EndOutcome.FENCED);
			assertThat(this.runs.end(late.withState(change))).isEqualTo(EndOutcome.FENCED);
			assertThat(this.runs.endMerged(late, (session) -> change)).isEqualTo(EndOutcome.FENCED);

			assertThat(session()).isEqualTo(before);
			assertThat(this.runs.findRun(run.runId())).hasValueSatisfying((stored) -> {
				assertThat(stored.status()).isEqualTo(RunStatus.RUNNING);
				assertThat(stored.epoch()).isOne();
				assertThat(stored.lastEvent()).isNull();
			});
			assertThat(end(run.toBuilder().epoch(1).concurrency(SessionConcurrency.MERGE).build(), RunStatus.COMPLETED))
				.isEqualTo(EndOutcome.STORED);
			assertThat(this.runs.end(late)).as("after the end of the other").isEqualTo(EndOutcome.FENCED);
		}
	}

	@Test
	void executionThatIsOverDoesNotFreeTheSessionOfItsSuccessor() {
		NewRun run = begin(SessionConcurrency.WAIT);
		assertThat(end(run, RunStatus.ERROR)).isEqualTo(EndOutcome.STORED);
		assertThat(this.journal.take(new RunTake(run.runId(), 0, RunStatus.ERROR, null, false, true))).isTrue();
		assertThat(this.runs.withdraw(run)).isFalse();
		NewRun taken = run.toBuilder().epoch(1).build();
		assertThat(this.runs.withdraw(taken)).as("it would be lost with its steps").isFalse();
		assertThat(this.runs.enter(taken)).isPresent();
		NewRun next = begin(SessionConcurrency.WAIT);

		assertThat(this.runs.undo(run)).isFalse();
		assertThat(this.runs.undo(taken)).as("it would be lost with its steps").isFalse();
		assertThat(end(run, RunStatus.CANCELLED)).isEqualTo(EndOutcome.FENCED);

		assertThat(this.runs.enter(next)).isEmpty();
		assertThat(end(taken, RunStatus.COMPLETED)).isEqualTo(EndOutcome.STORED);
		assertThat(this.runs.enter(next)).isPresent();
	}

	@Test
	void stepsAreListedAsTheyBeganInPages() {
		String run = begin().runId();
		for (int i = 0; i < 7; i++) {
			StepHead head = new StepHead("s" + i, i, StepKind.STEP, StepStatus.DONE, 1, 0, 1000 + i / 3, 1100L, null);
			this.journal.append(new StoredStep(run, head).done(head, String.valueOf(i)));
		}
		assertThat(this.journal.list(run, null, 3)).extracting(StoredStep::key).containsExactly("s0", "s1", "s2");
		assertThat(this.journal.list(run, "s2", 3)).extracting(StoredStep::key).containsExactly("s3", "s4", "s5");
		assertThat(this.journal.list(run, "s5", 3)).extracting(StoredStep::result).containsExactly("6");
		assertThat(this.journal.list(run, "s6", 3)).isEmpty();
	}

	@Test
	void failureThatIsTakenBackWaitsToBeCalledAgain() {
		NewRun begun = begin();
		String run = begun.runId();
		StepHead head = new StepHead("s", 0, StepKind.STEP, StepStatus.FAILED, 1, 0, 1000, 1100L, null);
		StepState state = new StepState("[]", "{\"a\":1}", 7L);
		this.journal
			.append(new StoredStep(run, head).failed(head, "{\"type\":\"T\"}").with(state, null).withDigest("d"));
		this.journal.append(done(run, "ok", 1, 0, "1"));

		assertThat(this.journal.reopenFailure(run, "s", 1)).isFalse();
		assertThat(this.journal.reopenFailure(run, "ok", 0)).isFalse();
		assertThat(this.journal.reopenFailure(run, "s", 0)).isTrue();
		assertThat(this.journal.read(run, List.of("s"))).singleElement().satisfies((waiting) -> {
			assertThat(waiting.head()).isEqualTo(head.as(StepStatus.WAITING, 1, 0, null));
			assertThat(waiting.error()).isNull();
			assertThat(waiting.state()).isEqualTo(new StepState(null, "{\"a\":1}", 7L));
		});

		StepHead started = new StepHead("s", 2, StepKind.STEP, StepStatus.STARTED, 1, 0, 1050, null, null);
		assertThat(this.journal.update(new StoredStep(run, started))).isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.writeInTransaction(
				() -> new StoredStep(run, started).done(started.as(StepStatus.DONE, 1, 0, 1200L), "1"), true))
			.isEqualTo(JournalWrite.STORED);
		assertThat(this.journal.base(run)).isEqualTo(new StepState(null, "{\"a\":1}", 7L));
		assertThat(this.journal.read(run, List.of("s"))).singleElement().satisfies((done) -> {
			assertThat(done.head()).isEqualTo(started.as(StepStatus.DONE, 1, 0, 1200L));
			assertThat(done.digest()).isEqualTo("d");
		});
		assertThat(this.journal.writeInTransaction(() -> done(run, "s", 0, 0, "2"), true))
			.isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.read(run, List.of("s"))).extracting(StoredStep::result).containsExactly("1");
	}

	@Test
	void transactionalStepIsStoredWithWhatItsBodyDidOrNeither() {
		NewRun run = begin();
		assertThat(this.journal.writeInTransaction(() -> done(run.runId(), "t", 0, 0, "1"), false))
			.isEqualTo(JournalWrite.STORED);
		assertThatIllegalStateException().isThrownBy(() -> this.journal.writeInTransaction(() -> {
			throw new IllegalStateException("no");
		}, false)).withMessage("no");
		assertThat(this.journal.writeInTransaction(() -> done(run.runId(), "fenced", 1, 1, "1"), false))
			.isEqualTo(JournalWrite.FENCED);
		assertThat(this.journal.heads(run.runId())).extracting(StepHead::key).containsExactly("t");
	}

	@Test
	void stepsGoWithTheirRun() {
		NewRun run = begin();
		this.journal.append(done(run.runId(), "s", 0, 0, "1"));
		fail(run);
		this.runs.deleteRuns("s1", SessionAccess.ofUser(null));
		assertThat(this.journal.heads(run.runId())).isEmpty();
		assertThat(this.journal.list(run.runId(), null, 10)).isEmpty();
	}

	/** A run of session {@code s1} that has begun. */
	@Test
	void stepsOfOldRunsAreDeletedAndSuchARunIsNotTakenAnyMore() {
		NewRun old = beginAt(1000, null);
		NewRun young = beginAt(3000, null);
		for (NewRun run : List.of(old, young)) {
			this.journal.append(done(run.runId(), "a", 0, 0, "1"));
			this.journal.append(done(run.runId(), "b", 1, 0, "1"));
			fail(run);
		}
		assertThat(this.journal.runsWithSteps(2000, null, 10)).containsExactly(old.runId());
		assertThat(this.journal.runsWithSteps(4000, old.runId(), 10)).containsExactly(young.runId());
		assertThat(this.journal.runsWithSteps(4000, null, 1)).containsExactly(old.runId());

		assertThat(this.journal.deleteSteps(young.runId(), 2000, 5000)).isZero();
		assertThat(this.journal.deleteSteps(old.runId(), 2000, 5000)).isEqualTo(2);
		assertThat(this.journal.deleteSteps(old.runId(), 2000, 6000)).isZero();
		assertThat(this.journal.deleteSteps("gone", 2000, 5000)).isZero();

		assertThat(this.journal.heads(old.runId())).isEmpty();
		assertThat(this.journal.heads(young.runId())).hasSize(2);
		assertThat(this.journal.hasDeletedSteps(old.runId())).isTrue();
		assertThat(this.journal.hasDeletedSteps(young.runId())).isFalse();
		assertThat(this.journal.runsWithSteps(4000, null, 10)).containsExactly(young.runId());
		assertThat(take(old.runId(), 0, RunStatus.ERROR)).isFalse();
		assertThat(take(young.runId(), 0, RunStatus.ERROR)).isTrue();
	}

	@Test
	void forkGetsAllOfTheStepsOrIsNotStored() {
		NewRun run = beginAt(1000, null);
		this.journal.append(done(run.runId(), "a", 0, 0, "1"));
		fail(run);
		StoredRun fork = TestRun.of("fork").stored(RunStatus.ERROR).endedAt(2000L).build();

		assertThatIllegalStateException().isThrownBy(() -> this.journal.fork(fork, run.runId(), List.of("a", "gone")))
			.withMessageContaining(run.runId());
		assertThat(this.runs.findRun("fork")).isEmpty();

		this.journal.fork(fork, run.runId(), List.of("a"));
		assertThat(this.journal.heads("fork")).hasSize(1);
	}

	@Test
	void stepsOfCalledRunsAreDeletedWithThoseOfTheOutermost() {
		NewRun outermost = beginAt(1000, null);
		NewRun called = beginAt(1001, outermost);
		NewRun calledByThat = beginAt(1002, called);
		this.journal.append(done(outermost.runId(), "a", 0, 0, "1"));
		this.journal.append(done(calledByThat.runId(), "a", 0, 0, "1"));
		fail(calledByThat);
		fail(called);
		assertThat(this.journal.deleteSteps(calledByThat.runId(), 2000, 5000)).isZero();
		assertThat(this.journal.deleteSteps(outermost.runId(), 2000, 5000)).isZero();
		assertThat(this.journal.heads(calledByThat.runId())).hasSize(1);
		assertThat(this.journal.hasDeletedSteps(outermost.runId())).isFalse();

		fail(outermost);

		assertThat(this.journal.deleteSteps(calledByThat.runId(), 2000, 5000)).isEqualTo(2);
		assertThat(this.journal.heads(outermost.runId())).isEmpty();
		assertThat(this.journal.heads(calledByThat.runId())).isEmpty();
		assertThat(this.journal.hasDeletedSteps(outermost.runId())).isTrue();
	}

	/** Begins a run whose id tells when. */
	private NewRun beginAt(long millis, @Nullable NewRun caller) {
		NewRun.Builder run = TestRun.of(new RunIds(Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC)).next())
			.at(millis)
			.newRun(new SessionSeed(null, "{}", null));
		NewRun begun = run.parentRunId((caller != null) ? caller.runId() : null).build();
		this.runs.begin(begun);
		return begun;
	}

	protected final NewRun begin() {
		return begin(SessionConcurrency.MERGE);
	}

	private NewRun begin(SessionConcurrency concurrency) {
		return begin(concurrency, 500);
	}

	private NewRun begin(SessionConcurrency concurrency, long at) {
		NewRun run = TestRun.of(UUID.randomUUID().toString()).at(at).newRun().with(concurrency, null);
		this.runs.begin(run);
		return run;
	}

	private EndOutcome end(NewRun run, RunStatus status) {
		return this.runs.end(new RunEnd(run, true, status, null, "{\"reason\":\"interrupted\"}", 900, null));
	}

	private StoredSession session() {
		return this.runs.find("s1").orElseThrow();
	}

	private boolean take(String runId, int epoch, RunStatus seen) {
		return this.journal.take(new RunTake(runId, epoch, seen, null, false, false));
	}

	private void fail(NewRun run) {
		assertThat(end(run, RunStatus.ERROR)).isEqualTo(EndOutcome.STORED);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A step that has begun. */
	protected static StepHead started(String key, int position, int epoch) {
		return new StepHead(key, position, StepKind.STEP, StepStatus.STARTED, 1, epoch, 1000, null, null);
	}

	/** A step that is done. */
	protected static StoredStep done(String runId, String key, int position, int epoch, String result) {
		StepHead head = started(key, position, epoch);
		return new StoredStep(runId, head).done(head.as(StepStatus.DONE, 1, epoch, 1100L), result);
	}

}
