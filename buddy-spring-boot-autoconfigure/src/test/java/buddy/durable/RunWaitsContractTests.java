package buddy.durable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.session.SessionAccess;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSelection;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What every store of waits does.
 */
public abstract class RunWaitsContractTests {

	private static final Duration LATER = Duration.ofHours(1);

	private WorkflowSessionRepository runs;

	private RunJournal journal;

	private RunWaits waits;

	/** An empty store of runs; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** The journal beside it. */
	protected abstract RunJournal journal();

	/** The waits beside it. */
	protected abstract RunWaits waits();

	@BeforeEach
	void open() {
		this.runs = emptyRepository();
		this.journal = journal();
		this.waits = waits();
	}

	@Test
	void pauseStoresTheRunItsWaitsAndItsQuestions() {
		NewRun run = begin();
		RunPause pause = pause(run, ask(run, "approve", LATER, "{\"approved\":false}"), sleep(run, "wait", null));

		assertThat(this.waits.isPaused(pause)).isFalse();
		assertThat(this.waits.pause(pause)).isTrue();

		assertThat(this.waits.isPaused(pause)).isTrue();
		assertThat(stored(run)).satisfies((paused) -> {
			assertThat(paused.status()).isEqualTo(RunStatus.PAUSED);
			assertThat(paused.epoch()).isZero();
			assertThat(paused.lastEvent()).isEqualTo(7);
			assertThat(paused.endedAt()).isNull();
		});
		StoredQuestion asked = question(run, "approve");
		assertThat(asked.askedAt()).isPositive();
		assertThat(asked).isEqualTo(new StoredQuestion(run.runId(), "approve", QuestionStatus.OPEN,
				"{\"type\":\"object\"}", "{\"amount\":9.90}", "ann", "MANAGER", asked.askedAt(),
				asked.askedAt() + LATER.toMillis(), "{\"approved\":false}", null, null, null));
		assertThat(this.waits.waiting(run.runId())).containsExactly(
				new StepHead("approve", 0, StepKind.INPUT, StepStatus.WAITING, 0, 0, 1000, null, asked.expiresAt()),
				new StepHead("wait", 0, StepKind.SLEEP, StepStatus.WAITING, 0, 0, 1000, null, null));
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isTrue();
	}

	@Test
	void questionWithoutAnythingElseComesBackToo() {
		NewRun run = begin();
		StoredQuestion plain = new StoredQuestion(run.runId(), "q", QuestionStatus.OPEN, "{}", null, null, null, 0,
				null, null, null, null, null);
		this.waits.pause(pause(run, new RunPause.Wait(step(run, "q", StepKind.INPUT), false, null, plain)));

		StoredQuestion asked = question(run, "q");
		assertThat(asked).isEqualTo(new StoredQuestion(run.runId(), "q", QuestionStatus.OPEN, "{}", null, null, null,
				asked.askedAt(), null, null, null, null, null));
		assertThat(this.waits.hasTimed()).isFalse();
		assertThat(this.waits.find(run.runId(), "other")).isEmpty();
		assertThat(this.waits.find("other", "q")).isEmpty();
	}

	@Test
	void executionThatIsOverPausesNothing() {
		NewRun run = begin();
		assertThat(this.waits.pause(pause(epoch(run, 1), ask(epoch(run, 1), "early", null, null)))).isFalse();
		end(run, RunStatus.ERROR);
		assertThat(this.waits.pause(pause(run, ask(run, "ended", null, null)))).isFalse();
		take(run, 0, RunStatus.ERROR);
		assertThat(this.waits.pause(pause(run, ask(run, "late", null, null)))).isFalse();

		assertThat(this.journal.heads(run.runId())).isEmpty();
		assertThat(this.waits.list(all(), null, 10)).isEmpty();
		assertThat(stored(run).status()).isEqualTo(RunStatus.RUNNING);
		assertThat(this.waits.pause(pause(epoch(run, 1), ask(epoch(run, 1), "now", null, null)))).isTrue();
		assertThat(this.waits.pause(pause(epoch(run, 1), ask(epoch(run, 1), "again", null, null)))).isFalse();
		assertThat(this.waits.list(all(), null, 10)).extracting(StoredQuestion::key).containsExactly("now");
	}

	@Test
	void pausedRunDoesNotHoldItsSession() {
		NewRun run = begin(SessionConcurrency.WAIT);
		NewRun next = begin(SessionConcurrency.WAIT);
		assertThat(this.runs.enter(next)).isEmpty();

		assertThat(this.waits.pause(pause(run, ask(run, "q", null, null)))).isTrue();

		assertThat(this.runs.enter(next)).isPresent();
		assertThat(this.waits.pause(pause(run, ask(run, "again", null, null)))).isFalse();
		assertThat(this.runs.end(ended(next, RunStatus.COMPLETED))).as("it still holds the session")
			.isEqualTo(EndOutcome.STORED);
	}

	@Test
	void exclusiveRunThatHasLostItsSessionPausesNothing() {
		NewRun run = begin(SessionConcurrency.WAIT);
		NewRun other = begin();
		NewRun robbed = other.toBuilder().concurrency(SessionConcurrency.WAIT).build();

		assertThat(this.waits.pause(pause(robbed, ask(robbed, "q", null, null)))).isFalse();

		assertThat(stored(other).status()).isEqualTo(RunStatus.RUNNING);
		assertThat(this.journal.heads(other.runId())).isEmpty();
		assertThat(this.waits.pause(pause(run, ask(run, "q", null, null)))).isTrue();
	}

	@Test
	void answerIsTheResultOfItsStepAndMakesTheRunDue() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null), ask(run, "other", null, null)));

		assertThat(answer(run, "missing", "1")).isEqualTo(AnswerOutcome.NOT_FOUND);
		assertThat(this.waits.answer("missing", "q", "1", null, "missing")).isEqualTo(AnswerOutcome.NOT_FOUND);
		assertThat(this.waits.due(10)).isEmpty();
		String answer = "{\"approved\":true,\"amount\":1.50,\"note\":\"ä 😀\"}";
		assertThat(this.waits.answer(run.runId(), "q", answer, "ann", run.runId())).isEqualTo(AnswerOutcome.STORED);
		assertThat(this.waits.answer(run.runId(), "q", "1", "bob", run.runId())).isEqualTo(AnswerOutcome.ANSWERED);

		assertThat(question(run, "q")).satisfies((answered) -> {
			assertThat(answered.status()).isEqualTo(QuestionStatus.ANSWERED);
			assertThat(answered.answer()).isEqualTo(answer);
			assertThat(answered.answeredBy()).isEqualTo("ann");
			assertThat(answered.answeredAt()).isGreaterThanOrEqualTo(answered.askedAt());
		});
		assertThat(recorded(run, "q")).satisfies((step) -> {
			assertThat(step.head().status()).isEqualTo(StepStatus.DONE);
			assertThat(step.result()).isEqualTo(answer);
			assertThat(step.error()).isNull();
			assertThat(step.head().endedAt()).isPositive();
		});
		assertThat(question(run, "other").status()).isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("other");
		assertThat(this.waits.due(10)).containsExactly(run.runId());
	}

	@Test
	void viewerSeesQuestionsOfSessionsAndThoseAskedInWholePages() {
		List<NewRun> owned = List.of(beginAs("ann"), beginAs("bob"), beginAs(null));
		List<StoredQuestion> asked = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			NewRun run = owned.get(i % 3);
			String assignee = (i == 4) ? "carl" : null;
			String role = (i >= 3) ? "ROLE" + i : null;
			StoredQuestion question = new StoredQuestion(run.runId(), "q" + i, QuestionStatus.OPEN, "{}", null,
					assignee, role, 0, null, null, null, null, null);
			asked.add(question);
			if (i >= 3) {
				this.waits.pause(pause(run, wait(run, asked.get(i - 3)), wait(run, question)));
			}
		}
		QuestionViewer.Owners all = QuestionViewer.Owners.ALL;
		QuestionViewer.Owners none = QuestionViewer.Owners.NONE;
		assertThat(seen(QuestionViewer.EVERYBODY)).hasSize(6);
		assertThat(seen(new QuestionViewer(all, QuestionViewer.Owners.of("ann", false), null, Set.of())))
			.containsExactlyInAnyOrder("q0", "q3");
		assertThat(seen(new QuestionViewer(all, QuestionViewer.Owners.of("ann", true), null, Set.of())))
			.containsExactlyInAnyOrder("q0", "q3", "q2", "q5");
		assertThat(seen(new QuestionViewer(all, QuestionViewer.Owners.of(null, true), null, Set.of())))
			.containsExactlyInAnyOrder("q2", "q5");
		assertThat(seen(new QuestionViewer(all, none, null, Set.of()))).isEmpty();
		assertThat(seen(new QuestionViewer(all, none, "carl", Set.of()))).containsExactly("q4");
		assertThat(seen(new QuestionViewer(all, none, "Carl", Set.of("role3")))).isEmpty();
		assertThat(seen(new QuestionViewer(all, none, "carl", Set.of("ROLE3", "ROLE5"))))
			.containsExactlyInAnyOrder("q3", "q4", "q5");
		assertThat(seen(new QuestionViewer(QuestionViewer.Owners.of("bob", false), all, null, Set.of())))
			.containsExactlyInAnyOrder("q1", "q4");
		assertThat(seen(new QuestionViewer(QuestionViewer.Owners.of("ann", true), none, "carl", Set.of("ROLE5"))))
			.containsExactly("q5");
		assertThat(this.waits.roles(all())).containsExactlyInAnyOrder("ROLE3", "ROLE4", "ROLE5");
		assertThat(this.waits.roles(new QuestionFilter(QuestionStatus.OPEN, owned.get(0).runId(), null)))
			.containsExactly("ROLE3");
		assertThat(this.waits.roles(new QuestionFilter(QuestionStatus.ANSWERED, null, null))).isEmpty();
	}

	/** In pages of one. */
	private List<String> seen(QuestionViewer viewer) {
		List<String> seen = new ArrayList<>();
		for (List<StoredQuestion> page = this.waits.list(all(), viewer, null, 1); !page.isEmpty(); page = this.waits
			.list(all(), viewer, page.get(0), 1)) {
			seen.add(page.get(0).key());
		}
		assertThat(this.waits.list(all(), viewer, null, 100)).extracting(StoredQuestion::key).isEqualTo(seen);
		assertThat(this.waits.countOpen(viewer, 100)).isEqualTo(seen.size());
		return seen;
	}

	private NewRun beginAs(@Nullable String user) {
		String id = UUID.randomUUID().toString();
		NewRun run = TestRun.of(id).session("s-" + id).user(user).newRun();
		this.runs.begin(run);
		return run;
	}

	private static RunPause.Wait wait(NewRun run, StoredQuestion question) {
		return new RunPause.Wait(step(run, question.key(), StepKind.INPUT), false, null, question);
	}

	@Test
	void tokenFindsItsQuestionWhileThatCanBeAnswered() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", LATER, null), ask(run, "other", null, null)));
		List<String> told = new ArrayList<>();
		assertThat(this.waits.setToken(run.runId(), "q", "one", () -> told.add("one"))).isTrue();
		assertThat(this.waits.setToken(run.runId(), "other", "others", () -> told.add("others"))).isTrue();
		assertThat(this.waits.setToken(run.runId(), "none", "none", () -> told.add("none"))).isFalse();
		assertThat(this.waits.setToken("none", "q", "none", () -> told.add("none"))).isFalse();
		assertThat(told).containsExactly("one", "others");
		assertThat(this.waits.findByToken("one")).hasValue(question(run, "q"));
		assertThat(this.waits.findByToken("others")).hasValue(question(run, "other"));
		assertThat(this.waits.findByToken("none")).isEmpty();

		assertThat(this.waits.setToken(run.runId(), "q", "two", () -> {
		})).isTrue();
		assertThat(this.waits.findByToken("one")).as("replaced").isEmpty();
		assertThat(this.waits.findByToken("two")).isPresent();

		assertThat(this.waits.useToken("one", "used")).isFalse();
		assertThat(this.waits.answer(run.runId(), "q", "1", "token", run.runId(),
				() -> assertThat(this.waits.useToken("two", "used")).isTrue()))
			.isEqualTo(AnswerOutcome.STORED);
		assertThat(this.waits.findByToken("two")).isEmpty();
		assertThat(this.waits.findByToken("used")).hasValue(question(run, "q"));
		assertThat(this.waits.setToken(run.runId(), "q", "three", () -> {
		})).isFalse();

		take(run, 0, RunStatus.PAUSED);
		end(epoch(run, 1), RunStatus.CANCELLED);
		assertThat(this.waits.findByToken("others")).as("its run has ended").isEmpty();
		assertThat(this.waits.findByToken("used")).as("answered before").isPresent();
		assertThat(this.waits.setToken(run.runId(), "other", "late", () -> {
		})).isFalse();
	}

	@Test
	void tokenIsVoidOnceItsQuestionExpires() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", Duration.ofMillis(300), null)));
		if (this.waits.setToken(run.runId(), "q", "one", () -> {
		})) {
			Awaitility.await().until(() -> this.waits.findByToken("one").isEmpty());
		}
		Awaitility.await().until(() -> !this.waits.setToken(run.runId(), "q", "two", () -> {
		}));
		this.waits.settle(run.runId(), run.runId());
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.EXPIRED);
		assertThat(this.waits.findByToken("one")).isEmpty();
	}

	@Test
	void answerWhoseCompanionFailsIsNotStored() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null)));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.waits.answer(run.runId(), "q", "1", "ann", run.runId(), () -> {
				throw new IllegalStateException("no");
			}));
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(answer(run, "q", "2")).isEqualTo(AnswerOutcome.STORED);
	}

	@Test
	void runsThatHaveBeenPausedForLongAreFound() {
		NewRun first = begin();
		NewRun called = begin(first);
		NewRun second = begin();
		NewRun answered = begin();
		begin(); // which runs
		this.waits.pause(pause(called, ask(called, "q", null, null)));
		this.waits.pause(pause(first, ask(first, "q", LATER, null)));
		Awaitility.await().until(() -> !this.waits.pausedFor(every(), Duration.ofMillis(1), 10).isEmpty());
		this.waits.pause(pause(second, sleep(second, "s", LATER)));
		this.waits.pause(pause(answered, ask(answered, "q", null, null)));
		answer(answered, "q", "1");

		assertThat(this.waits.pausedFor(every(), Duration.ZERO, 10)).containsExactly(first.runId(), second.runId());
		assertThat(this.waits.pausedFor(every(), Duration.ZERO, 1)).containsExactly(first.runId());
		assertThat(this.waits.pausedFor(every(), LATER, 10)).isEmpty();
		assertThat(this.waits.pausedFor(WorkflowSelection.only("other"), Duration.ZERO, 10)).isEmpty();
		assertThat(this.waits.pausedFor(WorkflowSelection.only(first.workflowId()), Duration.ZERO, 10)).hasSize(2);
		assertThat(this.waits.pausedFor(WorkflowSelection.allBut(Set.of(first.workflowId())), Duration.ZERO, 10))
			.isEmpty();
		take(first, 0, RunStatus.PAUSED);
		assertThat(this.waits.pausedFor(every(), Duration.ZERO, 10)).containsExactly(second.runId());
	}

	private static WorkflowSelection every() {
		return WorkflowSelection.allBut(Set.of());
	}

	@Test
	void nullIsAnAnswer() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null)));
		assertThat(this.waits.answer(run.runId(), "q", "null", null, run.runId())).isEqualTo(AnswerOutcome.STORED);
		assertThat(question(run, "q").answer()).isEqualTo("null");
		assertThat(recorded(run, "q").result()).isEqualTo("null");
	}

	@Test
	void ofManyAnswersAtOnceOneIsStored() throws Exception {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null)));
		CountDownLatch go = new CountDownLatch(1);
		List<CompletableFuture<AnswerOutcome>> answers = IntStream.range(0, 20)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> {
				await(go);
				return this.waits.answer(run.runId(), "q", String.valueOf(i), "user" + i, run.runId());
			}, (task) -> new Thread(task).start()))
			.toList();
		go.countDown();
		List<AnswerOutcome> outcomes = new ArrayList<>();
		for (CompletableFuture<AnswerOutcome> answer : answers) {
			outcomes.add(answer.get());
		}
		int stored = outcomes.indexOf(AnswerOutcome.STORED);
		assertThat(question(run, "q").answer()).isEqualTo(String.valueOf(stored));
		assertThat(recorded(run, "q").result()).isEqualTo(String.valueOf(stored));
		outcomes.remove(stored);
		assertThat(outcomes).containsOnly(AnswerOutcome.ANSWERED);
	}

	@Test
	void runThatIsOverIsNotAnswered() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null)));
		take(run, 0, RunStatus.PAUSED);
		end(epoch(run, 1), RunStatus.CANCELLED);

		assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.NOT_FOUND);

		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.list(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10)).isEmpty();
		for (QuestionFilter filter : List.of(all(), new QuestionFilter(QuestionStatus.CLOSED, null, null))) {
			assertThat(this.waits.list(filter, null, 10)).extracting(StoredQuestion::status)
				.containsExactly(QuestionStatus.CLOSED);
		}
	}

	@Test
	void runThatIsTakenIsNotDueUntilItPausesAgain() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null), sleep(run, "s", Duration.ZERO)));
		answer(run, "q", "1");
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		this.waits.settle(run.runId(), run.runId());
		assertThat(this.waits.due(10)).as("until it is taken").containsExactly(run.runId());

		take(run, 0, RunStatus.PAUSED);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isFalse();

		NewRun second = epoch(run, 1);
		assertThat(this.waits.pause(pause(second, ask(second, "again", null, null)))).isTrue();
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("again");
	}

	@Test
	void waitThatIsKnownAlreadyStaysAsItIs() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", LATER, null), sleep(run, "s", LATER.plus(LATER))));
		StoredQuestion asked = question(run, "q");
		List<StepHead> waiting = this.waits.waiting(run.runId());
		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);

		assertThat(this.waits.pause(
				pause(second, known(ask(second, "q", Duration.ZERO, null)), known(sleep(second, "s", Duration.ZERO)))))
			.isTrue();

		assertThat(question(run, "q")).isEqualTo(asked);
		assertThat(this.waits.waiting(run.runId())).isEqualTo(waiting);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isTrue();
	}

	@Test
	void waitThatIsAnsweredBeforeTheNextPauseMakesTheRunDueAtOnce() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", null, null), ask(run, "other", null, null)));
		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);
		assertThat(answer(run, "q", "1")).as("while it runs").isEqualTo(AnswerOutcome.STORED);
		assertThat(this.waits.due(10)).isEmpty();

		assertThat(this.waits
			.pause(pause(second, known(ask(second, "q", null, null)), known(ask(second, "other", null, null)))))
			.isTrue();

		assertThat(this.waits.due(10)).containsExactly(run.runId());
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.ANSWERED);
	}

	@Test
	void stepThatHasBegunCanWaitForAnAnswer() {
		NewRun run = begin();
		this.journal.append(new StoredStep(run.runId(),
				new StepHead("pay", 3, StepKind.STEP, StepStatus.STARTED, 1, 0, 1000, null, null))
			.withDigest("d"));

		assertThat(
				this.waits.pause(pause(run,
						new RunPause.Wait(new StoredStep(run.runId(),
								new StepHead("pay", 3, StepKind.STEP, StepStatus.WAITING, 1, 0, 1000, null, null)),
								false, Duration.ZERO, asked(run, "pay", null)))))
			.isTrue();

		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("pay");
		assertThat(recorded(run, "pay").digest()).isEqualTo("d");
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		this.waits.settle(run.runId(), run.runId());
		assertThat(question(run, "pay").status()).isEqualTo(QuestionStatus.EXPIRED);
		assertThat(recorded(run, "pay").head()).returns(StepStatus.WAITING, StepHead::status)
			.returns(StepHead.SETTLED, StepHead::dueAt);
		assertThat(this.waits.waiting(run.runId())).isEmpty();
		assertThat(this.waits.due(10)).containsExactly(run.runId());
	}

	@Test
	void answerWhetherAStepHasHappenedStandsInItsQuestion() {
		NewRun run = begin();
		RunPause.Wait asked = new RunPause.Wait(step(run, "pay", StepKind.STEP), false, null, asked(run, "pay", null));
		this.waits.pause(pause(run, asked, ask(run, "q", null, null)));
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("pay", "q");
		assertThat(this.waits.hasTimed()).isFalse();
		assertThat(recorded(run, "pay").head().hasPaused()).isTrue();

		assertThat(answer(run, "pay", "{\"happened\":false}")).isEqualTo(AnswerOutcome.STORED);

		assertThat(question(run, "pay").answer()).isEqualTo("{\"happened\":false}");
		assertThat(recorded(run, "pay").head().status()).isEqualTo(StepStatus.WAITING);
		assertThat(recorded(run, "pay").result()).isNull();
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("q");
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		assertThat(answer(run, "pay", "{\"happened\":true}")).isEqualTo(AnswerOutcome.ANSWERED);

		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);
		RunPause.Wait known = new RunPause.Wait(step(second, "pay", StepKind.STEP), true, null, null);
		this.waits.pause(pause(second, known, known(ask(second, "q", null, null))));
		assertThat(this.waits.due(10)).as("answered before it paused again").containsExactly(run.runId());
		take(run, 1, RunStatus.PAUSED);
		NewRun third = epoch(run, 2);
		this.waits.pause(pause(third,
				new RunPause.Wait(step(third, "pay", StepKind.STEP), false, null, asked(third, "pay", null))));
		assertThat(question(run, "pay").status()).as("asked again").isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.due(10)).isEmpty();
	}

	@Test
	void questionThatNobodyAnsweredInTimeFailsItsStep() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", Duration.ZERO, null)));
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		assertThat(answer(run, "q", "1")).as("before it is settled").isEqualTo(AnswerOutcome.EXPIRED);
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);

		this.waits.settle(run.runId(), run.runId());

		assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.EXPIRED);
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.EXPIRED);
		assertThat(recorded(run, "q")).satisfies((step) -> {
			assertThat(step.head().status()).isEqualTo(StepStatus.FAILED);
			assertThat(step.head().endedAt()).isPositive();
			assertThat(RecordedFailure.read(Objects.requireNonNull(step.error())))
				.isEqualTo(RecordedFailure.of(new AnswerExpiredException("q")));
		});
		assertThat(this.waits.due(10)).containsExactly(run.runId());
	}

	@Test
	void questionWithADefaultGetsThatWhenItsTimeIsOver() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", Duration.ZERO, "{\"approved\":false}"), ask(run, "open", LATER, "1"),
				ask(run, "endless", null, null)));

		this.waits.settle(run.runId(), run.runId());

		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.EXPIRED);
		assertThat(recorded(run, "q").head().status()).isEqualTo(StepStatus.DONE);
		assertThat(recorded(run, "q").result()).isEqualTo("{\"approved\":false}");
		assertThat(question(run, "open").status()).isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("endless", "open");
	}

	@Test
	void questionThatExpiredIsAskedAgainAfterItsFailureWasTakenBack() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", Duration.ZERO, null)));
		this.waits.settle(run.runId(), run.runId());
		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);
		end(second, RunStatus.ERROR);
		assertThat(this.journal.reopenFailure(run.runId(), "q", 1)).isTrue();
		take(run, 1, RunStatus.ERROR);
		NewRun third = epoch(run, 2);

		assertThat(this.waits.pause(pause(third, known(ask(third, "q", LATER, null))))).isTrue();

		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.STORED);
	}

	@Test
	void sleepIsDoneOnceItIsOver() {
		NewRun run = begin();
		this.waits.pause(pause(run, sleep(run, "nap", Duration.ZERO), sleep(run, "night", LATER)));
		assertThat(this.waits.due(10)).containsExactly(run.runId());

		this.waits.settle(run.runId(), run.runId());

		assertThat(recorded(run, "nap")).satisfies((step) -> {
			assertThat(step.head().status()).isEqualTo(StepStatus.DONE);
			assertThat(step.result()).isNull();
			assertThat(step.head().endedAt()).isGreaterThanOrEqualTo(Objects.requireNonNull(step.head().dueAt()));
		});
		assertThat(recorded(run, "night").head().status()).isEqualTo(StepStatus.WAITING);
	}

	@Test
	void nextAttemptOfAStepIsDueWhenItsTimeIsOver() {
		NewRun run = begin();
		this.waits.pause(pause(run, failed(run, "pay", 1, Duration.ZERO), failed(run, "mail", 2, LATER)));
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("mail", "pay");

		this.waits.settle(run.runId(), run.runId());

		assertThat(recorded(run, "pay").head()).satisfies((step) -> {
			assertThat(step.status()).isEqualTo(StepStatus.WAITING);
			assertThat(step.attempts()).isEqualTo(1);
			assertThat(step.dueAt()).isEqualTo(StepHead.SETTLED);
			assertThat(step.hasPaused()).isTrue();
		});
		assertThat(recorded(run, "pay").state().operations()).isEqualTo("[[\"remove\",\"x\"]]");
		assertThat(this.waits.waiting(run.runId())).extracting(StepHead::key).containsExactly("mail");
		assertThat(this.waits.due(10)).containsExactly(run.runId());

		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);
		assertThat(this.waits.pause(pause(second, failed(second, "pay", 2, LATER.plus(LATER)),
				known(failed(second, "mail", 2, Duration.ZERO)))))
			.isTrue();
		assertThat(recorded(run, "pay").head().attempts()).isEqualTo(2);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isTrue();
	}

	@Test
	void nextAttemptThatIsDueBeforeTheRunPausesAgainMakesItDueAtOnce() {
		NewRun run = begin();
		this.waits.pause(pause(run, failed(run, "pay", 1, Duration.ZERO), ask(run, "q", null, null)));
		this.waits.settle(run.runId(), run.runId());
		take(run, 0, RunStatus.PAUSED);
		NewRun second = epoch(run, 1);

		assertThat(this.waits
			.pause(pause(second, known(failed(second, "pay", 1, LATER)), known(ask(second, "q", null, null)))))
			.isTrue();

		assertThat(this.waits.due(10)).containsExactly(run.runId());
	}

	@Test
	void deadlineIsKeptAndMakesAPausedRunDue() {
		NewRun run = begin();
		assertThat(this.waits.timeLeft(run.runId())).isNull();
		this.waits.limit(run.runId(), 1, LATER);
		assertThat(this.waits.timeLeft(run.runId())).as("that of another execution").isNull();
		this.waits.limit(run.runId(), 0, LATER);
		assertThat(this.waits.timeLeft(run.runId())).isBetween(LATER.minusMinutes(1), LATER);
		Long deadline = stored(run).deadline();
		assertThat(deadline).isNotNull();

		this.waits.pause(pause(run, ask(run, "q", null, null), sleep(run, "s", LATER.plus(LATER))));
		assertThat(this.waits.hasTimed()).isTrue();
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(stored(run).deadline()).isEqualTo(deadline);
		take(run, 0, RunStatus.PAUSED);
		assertThat(stored(run).deadline()).isEqualTo(deadline);

		NewRun second = epoch(run, 1);
		this.waits.limit(run.runId(), 1, Duration.ZERO);
		assertThat(this.waits.timeLeft(run.runId())).isLessThanOrEqualTo(Duration.ZERO);
		this.waits.pause(pause(second, known(ask(second, "q", null, null)), known(sleep(second, "s", LATER))));
		assertThat(this.waits.due(10)).containsExactly(run.runId());
		take(run, 1, RunStatus.PAUSED);
		end(epoch(run, 2), RunStatus.CANCELLED);
		assertThat(stored(run).deadline()).isNotNull();
		assertThat(this.waits.timeLeft("missing")).isNull();
	}

	@Test
	void pausedRunIsDueAtItsDeadlineAlsoIfItWaitsForNoTime() {
		NewRun root = begin();
		NewRun called = begin(root);
		this.waits.limit(called.runId(), 0, Duration.ZERO);
		this.waits.pause(pause(called, ask(called, "q", null, null), sleep(called, "nap", Duration.ofDays(-1))));
		this.waits.pause(pause(root, List.of(called.runId())));
		this.waits.settle(called.runId(), root.runId());
		assertThat(this.waits.due(10)).as("still, after what was due of it is settled")
			.contains(called.runId(), root.runId());
	}

	private static RunPause.Wait failed(NewRun run, String key, int attempts, Duration due) {
		return new RunPause.Wait(
				new StoredStep(run.runId(), new StepHead(key, 0, StepKind.STEP, StepStatus.WAITING, attempts,
						run.epoch(), 1000, null, null))
					.with(new StepState("[[\"remove\",\"x\"]]", null, null), 7L),
				false, due, null);
	}

	@Test
	void nothingIsSettledOfARunThatIsNotPausedOrNotDue() {
		NewRun run = begin();
		this.waits.pause(pause(run, sleep(run, "night", LATER), ask(run, "q", LATER, "1")));
		this.waits.settle(run.runId(), run.runId());
		assertThat(this.waits.waiting(run.runId())).hasSize(2);
		assertThat(this.waits.due(10)).isEmpty();

		NewRun other = begin();
		this.waits.pause(pause(other, sleep(other, "nap", Duration.ZERO)));
		take(other, 0, RunStatus.PAUSED);
		this.waits.settle(other.runId(), other.runId());
		assertThat(this.waits.waiting(other.runId())).hasSize(1);
		this.waits.settle("missing", "missing");
	}

	@Test
	void theLongestDueRunsComeFirst() {
		List<String> ids = new ArrayList<>();
		for (int minutes : new int[] { 1, 3, 2 }) {
			NewRun run = begin();
			this.waits.pause(pause(run, sleep(run, "s", Duration.ofMinutes(-minutes))));
			ids.add(run.runId());
		}
		assertThat(this.waits.due(10)).containsExactly(ids.get(1), ids.get(2), ids.get(0));
		assertThat(this.waits.due(2)).containsExactly(ids.get(1), ids.get(2));
	}

	@Test
	void runsOfOtherWorkflowsAreLeftOut() {
		NewRun run = begin();
		this.waits.pause(pause(run, sleep(run, "s", Duration.ZERO)));
		WorkflowSelection others = WorkflowSelection.allBut(Set.of(run.workflowId()));

		assertThat(this.waits.due(WorkflowSelection.only(run.workflowId()), 10)).containsExactly(run.runId());
		assertThat(this.waits.hasTimed(WorkflowSelection.only(run.workflowId()))).isTrue();
		assertThat(this.waits.due(others, 10)).isEmpty();
		assertThat(this.waits.hasTimed(others)).isFalse();
		assertThat(this.waits.due(WorkflowSelection.only("other"), 10)).isEmpty();
		assertThat(this.waits.due(new WorkflowSelection(Set.of(), false), 10)).as("no workflow").isEmpty();
	}

	@Test
	void answerToACalledRunMakesTheOutermostRunDue() {
		NewRun root = begin();
		NewRun called = begin(root);
		this.waits.pause(pause(called, ask(called, "q", null, null), sleep(called, "s", LATER)));
		this.waits.pause(pause(root, List.of(called.runId())));
		assertThat(this.waits.due(10)).isEmpty();

		assertThat(this.waits.answer(called.runId(), "q", "1", null, root.runId())).isEqualTo(AnswerOutcome.STORED);

		assertThat(this.waits.due(10)).containsExactly(root.runId());
		take(called, 0, RunStatus.PAUSED);
		take(root, 0, RunStatus.PAUSED);
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isFalse();
	}

	@Test
	void outermostRunSeesWhatWasSettledBeforeItPaused() {
		for (boolean sleeps : new boolean[] { false, true }) {
			NewRun root = begin();
			NewRun middle = begin(root);
			NewRun inner = begin(middle);
			this.waits.pause(pause(inner, ask(inner, "q", null, null), sleep(inner, "s", LATER),
					sleep(inner, "nap", sleeps ? Duration.ZERO : LATER)));
			this.waits.pause(pause(middle, List.of(inner.runId())));
			if (sleeps) {
				this.waits.due(10).forEach((due) -> this.waits.settle(due, root.runId()));
				assertThat(recorded(inner, "nap").head().status()).isEqualTo(StepStatus.DONE);
			}
			else {
				assertThat(this.waits.answer(inner.runId(), "q", "1", null, root.runId()))
					.isEqualTo(AnswerOutcome.STORED);
			}
			assertThat(this.waits.due(10)).as("while the outermost run goes on").isEmpty();

			assertThat(this.waits.pause(pause(root, List.of(middle.runId())))).isTrue();

			assertThat(this.waits.due(10)).containsExactly(root.runId());
			take(root, 0, RunStatus.PAUSED);
			end(epoch(root, 1), RunStatus.CANCELLED);
		}
	}

	@Test
	void outermostRunIsDueAtOnceIfARunThatItCalledIsNotPaused() {
		NewRun root = begin();
		NewRun called = begin(root);
		this.waits.pause(pause(called, ask(called, "q", null, null)));
		take(called, 0, RunStatus.PAUSED);
		end(epoch(called, 1), RunStatus.CANCELLED);
		this.waits.pause(pause(root, List.of(called.runId())));
		assertThat(this.waits.due(10)).containsExactly(root.runId());

		NewRun other = begin();
		this.waits.pause(pause(other, List.of("missing")));
		assertThat(this.waits.due(10)).contains(other.runId());
	}

	@Test
	void whatIsOverInACalledRunMakesTheOutermostRunDue() {
		NewRun root = begin();
		NewRun called = begin(root);
		this.waits.pause(pause(called, sleep(called, "nap", Duration.ofMillis(1)), sleep(called, "night", LATER)));
		this.waits.pause(pause(root, List.of(called.runId())));

		Awaitility.await().until(() -> !this.waits.due(10).isEmpty());
		this.waits.due(10).forEach((due) -> this.waits.settle(due, root.runId()));

		assertThat(recorded(called, "nap").head().status()).isEqualTo(StepStatus.DONE);
		assertThat(this.waits.due(10)).containsExactly(root.runId());
	}

	@Test
	void ofAPauseAndAnAnswerAtOnceNoneIsLost() throws Exception {
		for (int round = 0; round < 15; round++) {
			NewRun root = begin();
			NewRun called = begin(root);
			this.waits.pause(pause(called, ask(called, "q", null, null)));
			CompletableFuture<AnswerOutcome> answer = new CompletableFuture<>();
			Thread person = new Thread(() -> answer
				.completeAsync(() -> this.waits.answer(called.runId(), "q", "1", null, root.runId()), Runnable::run));
			person.start();
			assertThat(this.waits.pause(pause(root, List.of(called.runId())))).isTrue();
			assertThat(answer.get()).isEqualTo(AnswerOutcome.STORED);
			this.waits.due(100)
				.stream()
				.filter(called.runId()::equals)
				.forEach((due) -> this.waits.settle(due, root.runId()));
			assertThat(this.waits.due(100)).contains(root.runId());
		}
	}

	@Test
	void questionsGoWithTheirSession() {
		NewRun run = begin();
		this.waits.pause(pause(run, ask(run, "q", Duration.ZERO, null)));

		assertThat(this.runs.delete("s1", SessionAccess.ofUser(null))).isTrue();

		assertThat(this.waits.find(run.runId(), "q")).isEmpty();
		assertThat(this.waits.list(all(), null, 10)).isEmpty();
		assertThat(this.waits.due(10)).isEmpty();
		assertThat(this.waits.hasTimed()).isFalse();
		assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.NOT_FOUND);
	}

	@Test
	void questionsAreListedLatestFirstInPages() {
		NewRun first = begin();
		this.waits.pause(pause(first, ask(first, "b", null, null), ask(first, "a", null, null),
				ask(first, "c", null, null), ask(first, "d", null, null)));
		answer(first, "d", "1");
		NewRun second = TestRun.of(UUID.randomUUID().toString()).session("s2").workflow("w2").newRun();
		this.runs.begin(second);
		Awaitility.await().until(() -> System.currentTimeMillis() > question(first, "a").askedAt() + 1);
		this.waits.pause(pause(second, ask(second, "z", null, null)));

		List<String> keys = new ArrayList<>();
		StoredQuestion last = null;
		for (List<StoredQuestion> page = this.waits.list(all(), null, 2); !page.isEmpty(); page = this.waits.list(all(),
				last, 2)) {
			assertThat(page).hasSizeLessThanOrEqualTo(2);
			last = page.get(page.size() - 1);
			page.forEach((question) -> keys.add(question.key()));
		}
		assertThat(keys).containsExactly("z", "a", "b", "c", "d");
		assertThat(keys(QuestionStatus.OPEN, null, null)).containsExactly("z", "a", "b", "c");
		assertThat(keys(QuestionStatus.ANSWERED, null, null)).containsExactly("d");
		assertThat(keys(QuestionStatus.EXPIRED, null, null)).isEmpty();
		assertThat(keys(null, first.runId(), null)).containsExactly("a", "b", "c", "d");
		assertThat(keys(null, null, "w2")).containsExactly("z");
		assertThat(keys(QuestionStatus.OPEN, first.runId(), "w2")).isEmpty();
	}

	private List<String> keys(@Nullable QuestionStatus status, @Nullable String runId, @Nullable String workflowId) {
		return this.waits.list(new QuestionFilter(status, runId, workflowId), null, 10)
			.stream()
			.map(StoredQuestion::key)
			.toList();
	}

	private static QuestionFilter all() {
		return new QuestionFilter(null, null, null);
	}

	/** A run of session {@code s1} that has begun. */
	protected final NewRun begin() {
		return begin(SessionConcurrency.MERGE);
	}

	private NewRun begin(SessionConcurrency concurrency) {
		return store(TestRun.of(UUID.randomUUID().toString()).newRun().with(concurrency, null));
	}

	/** A run that another one has called. */
	private NewRun begin(NewRun caller) {
		return store(TestRun.of(UUID.randomUUID().toString())
			.newRun(new SessionSeed(null, "{}", null))
			.parentRunId(caller.runId())
			.build());
	}

	private NewRun store(NewRun run) {
		this.runs.begin(run);
		return run;
	}

	/** Pauses for the waits. */
	protected static RunPause pause(NewRun run, RunPause.Wait... waits) {
		return new RunPause(run, List.of(waits), List.of(), 7L);
	}

	private static RunPause pause(NewRun run, List<String> called) {
		return new RunPause(run, List.of(), called, null);
	}

	/** A question. */
	protected static RunPause.Wait ask(NewRun run, String key, @Nullable Duration due, @Nullable String otherwise) {
		return new RunPause.Wait(step(run, key, StepKind.INPUT), false, due, asked(run, key, otherwise));
	}

	private static StoredQuestion asked(NewRun run, String key, @Nullable String otherwise) {
		return new StoredQuestion(run.runId(), key, QuestionStatus.OPEN, "{\"type\":\"object\"}", "{\"amount\":9.90}",
				"ann", "MANAGER", 0, null, otherwise, null, null, null);
	}

	private static RunPause.Wait sleep(NewRun run, String key, @Nullable Duration due) {
		return new RunPause.Wait(step(run, key, StepKind.SLEEP), false, due, null);
	}

	private static RunPause.Wait known(RunPause.Wait wait) {
		return new RunPause.Wait(wait.step(), true, wait.due(), wait.question());
	}

	private static StoredStep step(NewRun run, String key, StepKind kind) {
		return new StoredStep(run.runId(),
				new StepHead(key, 0, kind, StepStatus.WAITING, 0, run.epoch(), 1000, null, null));
	}

	private static NewRun epoch(NewRun run, int epoch) {
		return run.toBuilder().epoch(epoch).build();
	}

	/** Answers a question of an outermost run. */
	protected final AnswerOutcome answer(NewRun run, String key, String answer) {
		return this.waits.answer(run.runId(), key, answer, null, run.runId());
	}

	/** The question as it is stored. */
	protected final StoredQuestion question(NewRun run, String key) {
		return this.waits.find(run.runId(), key).orElseThrow();
	}

	private StoredStep recorded(NewRun run, String key) {
		return this.journal.read(run.runId(), List.of(key)).get(0);
	}

	private StoredRun stored(NewRun run) {
		return this.runs.findRun(run.runId()).orElseThrow();
	}

	private void end(NewRun run, RunStatus status) {
		assertThat(this.runs.end(ended(run, status))).isEqualTo(EndOutcome.STORED);
	}

	private static RunEnd ended(NewRun run, RunStatus status) {
		return new RunEnd(run, true, status, null, null, 900, null);
	}

	private void take(NewRun run, int epoch, RunStatus seen) {
		assertThat(this.journal.take(new RunTake(run.runId(), epoch, seen, null, false, false))).isTrue();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
