package buddy.workflow.internal.registry;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.durable.MapRunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.UnfinishedRun;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.RunOrigin;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.Payload;
import buddy.storage.codec.PayloadUnreadableException;
import buddy.workflow.DurableOptions;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.Workflow;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.OrphanSweep.Recovery.Outcome;
import buddy.workflow.internal.live.StartHandle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which runs of dead processes are continued by themselves, by processes that die again.
 */
class RunRecoveryTests {

	private static final Duration MOST = Duration.ofSeconds(20);

	private final Map<String, RuntimeException> failures = new HashMap<>();

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	private final MapRunJournal journal = new MapRunJournal(this.repository);

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private @Nullable String cancelled;

	@BeforeEach
	void register() {
		this.workflows.register("nothing", new Nothing());
	}

	/** F17: a run that ends its process whenever it is continued. */
	@Test
	void onlyTheRunThatTakesItsProcessDownIsPoisoned() {
		IntStream.range(0, 10).forEach((i) -> begin("before" + i));
		begin("poison");
		IntStream.range(0, 10).forEach((i) -> begin("after" + i));

		int deaths = 0;
		while (!runsThat(RunStatus.RUNNING).isEmpty()) {
			Process process = new Process();
			process.sweep();
			Awaitility.await()
				.atMost(MOST)
				.until(() -> process.dead.getCount() == 0 || runsThat(RunStatus.RUNNING).isEmpty());
			deaths += (process.dead.getCount() == 0) ? 1 : 0;
		}

		assertThat(deaths).isEqualTo(5);
		assertThat(runsThat(RunStatus.ERROR)).containsExactly("poison");
		assertThat(run("poison").error()).contains("\"reason\":\"poisoned\"");
		assertThat(runsThat(RunStatus.COMPLETED)).hasSize(20);
	}

	@Test
	void runsThatAreKilledBeforeTheyGetAnyFurtherAreNotPoisoned() {
		IntStream.range(0, 20).forEach((i) -> begin("r" + i));

		for (int kill = 0; kill < 20; kill++) {
			Process process = new Process();
			process.stuck = true;
			process.sweep();
			int begun = (kill < 2) ? 20 : 1;
			Awaitility.await().atMost(MOST).until(() -> process.begun.get() == begun);
			process.sweep();
			assertThat(process.begun).hasValue(begun);
			process.dead.countDown();
		}

		assertThat(runsThat(RunStatus.RUNNING)).hasSize(20);
		Process healthy = new Process();
		healthy.sweep();
		Awaitility.await().atMost(MOST).until(() -> runsThat(RunStatus.COMPLETED).size() == 20);
	}

	@Test
	void suspectLetsTheNextOneFollowWhenItRecordsAStep() {
		begin("slow0");
		begin("slow1");
		for (int kill = 0; kill < 2; kill++) {
			Process process = new Process();
			process.stuck = true;
			process.sweep();
			Awaitility.await().atMost(MOST).until(() -> process.begun.get() == 2);
			process.dead.countDown();
		}

		Process process = new Process();
		process.sweep();

		Awaitility.await().atMost(MOST).until(() -> this.journal.heads("slow1").size() == 1);
		assertThat(runsThat(RunStatus.RUNNING)).as("neither has ended").hasSize(2);
		process.dead.countDown();
	}

	@Test
	void runThatCannotBeReadOrCalledIsNotInTheWayOfOthers() {
		begin("encrypted");
		begin("broken");
		begin("fine");
		this.failures.put("encrypted", new PayloadUnreadableException(new Payload(Payload.Kind.RUN_INPUT, "encrypted"),
				"its key is missing", null));
		this.failures.put("broken", new IllegalStateException("its workflow cannot be created yet"));
		RunRecovery recovery = new Process().recovery;

		assertThat(recovery.recover("encrypted")).isEqualTo(Outcome.LEFT_TO_OTHERS);
		assertThat(recovery.recover("broken")).isEqualTo(Outcome.LATER);
		assertThat(recovery.recover("fine")).isEqualTo(Outcome.RECOVERED);

		this.failures.clear();
		assertThat(recovery.recover("broken")).isEqualTo(Outcome.RECOVERED);
	}

	/** Returns the repository, which cannot read the runs that a test names. */
	private WorkflowSessionRepository failing() {
		return (WorkflowSessionRepository) Proxy.newProxyInstance(WorkflowSessionRepository.class.getClassLoader(),
				new Class<?>[] { WorkflowSessionRepository.class }, (proxy, method, arguments) -> {
					RuntimeException failure = method.getName().equals("findRun") ? this.failures.get(arguments[0])
							: null;
					if (failure != null) {
						throw failure;
					}
					return method.invoke(this.repository, arguments);
				});
	}

	@Test
	void runsThatOnlyOthersCanContinueAreLeftToThem() {
		begin("unknown", "unknown", null);
		begin("other", "nothing", "2");
		begin("same", "nothing", null);
		Process process = new Process(new DurableOptions(true, 0, Duration.ZERO, Recovery.AUTO, true, 5,
				DurableOptions.ChangedPrompt.WARN, DurableOptions.InTransaction.WARN));

		assertThat(process.recovery.recover("unknown")).isEqualTo(Outcome.LEFT_TO_OTHERS);
		assertThat(process.recovery.recover("other")).isEqualTo(Outcome.LEFT_TO_OTHERS);
		assertThat(process.recovery.recover("same")).isEqualTo(Outcome.RECOVERED);
		assertThat(process.recovery.recover("deleted")).isEqualTo(Outcome.NOT_RECOVERED);
		assertThat(new Process(DurableOptions.DEFAULTS).recovery.recover("unknown")).isEqualTo(Outcome.NOT_RECOVERED);
	}

	@Test
	void queuedAndPausedRunsAreNeverEndedByThoseThatCannotContinueThem() {
		beginFrom("queued", "unknown", new RunOrigin(null, "{\"queued\":{}}", null, null));
		begin("paused", "unknown", null);
		store(run("paused"), RunStatus.RUNNING, 1, 0, null);
		this.journal.append(
				new StoredStep("paused", new StepHead("ask", 0, StepKind.INPUT, StepStatus.DONE, 1, 1, 1, 2L, null)));

		for (DurableOptions options : List.of(DurableOptions.DEFAULTS, new DurableOptions(true, 0, Duration.ZERO,
				Recovery.AUTO, true, 5, DurableOptions.ChangedPrompt.WARN, DurableOptions.InTransaction.WARN))) {
			assertThat(new Process(options).recovery.recover("queued")).isEqualTo(Outcome.LATER);
			assertThat(new Process(options).recovery.recover("paused")).isEqualTo(Outcome.LATER);
		}
		this.cancelled = "please";
		assertThat(new Process().recovery.recover("queued")).as("nobody needs to continue it")
			.isEqualTo(Outcome.LEFT_TO_OTHERS);
	}

	@Test
	void runThatWasAskedToStopIsNotContinued() {
		begin("r1");
		this.cancelled = "please";

		assertThat(new Process().recovery.recover("r1")).isEqualTo(Outcome.LATER);

		assertThat(run("r1").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run("r1").error()).contains("please");
		assertThat(run("r1").epoch()).isZero();
	}

	private void begin(String runId) {
		begin(runId, "nothing", null);
	}

	private void begin(String runId, String workflow, @Nullable String version) {
		beginFrom(runId, workflow, new RunOrigin(null, null, version, null));
	}

	private void beginFrom(String runId, String workflow, RunOrigin origin) {
		this.repository
			.begin(NewRun.builder(new RunKey(runId, workflow, "s-" + runId, null), new SessionSeed(null, null, null))
				.createdAt(this.repository.listRuns(RunQuery.all(), RunPage.first(100)).size())
				.origin(origin)
				.build());
	}

	private List<String> runsThat(RunStatus status) {
		return this.repository.listRuns(RunQuery.all(), RunPage.first(100))
			.stream()
			.map((run) -> run(run.runId()))
			.filter((run) -> run.status() == status)
			.sorted(Comparator.comparingLong(StoredRun::createdAt))
			.map(StoredRun::runId)
			.toList();
	}

	private StoredRun run(String runId) {
		return this.repository.findRun(runId).orElseThrow();
	}

	private UnfinishedRun unfinished(StoredRun run) {
		return new UnfinishedRun(run.runId(), run.sessionId(), run.workflowId(), null, run.status(), Instant.EPOCH,
				"dead", null, null, false, this.cancelled);
	}

	private void store(StoredRun run, RunStatus status, int epoch, int recoveries, @Nullable String error) {
		this.repository.add(StoredRun.builder(run.key(), status)
			.createdAt(run.createdAt())
			.epoch(epoch)
			.recoveries(recoveries)
			.error(error)
			.build());
	}

	/** Is only called as far as the process lets it. */
	static class Nothing extends Workflow {

		@Override
		public String workflowId() {
			return "nothing";
		}

		@SuppressWarnings("unused") // called by buddy
		public String run() {
			return "nothing";
		}

	}

	/** A process, which stores nothing any more once it is dead. */
	private final class Process {

		private final CountDownLatch dead = new CountDownLatch(1);

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger inProgress = new AtomicInteger();

		/** The calls that go on to their end, of which a death leaves none half done. */
		private final AtomicInteger ending = new AtomicInteger();

		private final CountDownLatch swept = new CountDownLatch(1);

		private volatile int together;

		private volatile boolean stuck;

		private final RunRecovery recovery;

		Process() {
			this(new DurableOptions(true, 0, Duration.ZERO, Recovery.AUTO, false, 5, DurableOptions.ChangedPrompt.WARN,
					DurableOptions.InTransaction.WARN));
		}

		Process(DurableOptions options) {
			RunRecoveryTests tests = RunRecoveryTests.this;
			RunOwners owners = (RunOwners) Proxy.newProxyInstance(RunOwners.class.getClassLoader(),
					new Class<?>[] { RunOwners.class }, (proxy, method, arguments) -> {
						StoredRun run = run((String) arguments[0]);
						if (!method.getName().equals("endOrphan")) {
							return Optional.of(unfinished(run));
						}
						OrphanEnd end = (OrphanEnd) arguments[1];
						store(run, end.status(), run.epoch(), run.recoveries(), end.error());
						return true;
					});
			ContinuedRuns continued = new ContinuedRuns(tests.workflows,
					new RunStores(() -> tests.repository, tests.journal, null, owners, null), options,
					new ContinuedCall() {

						@Override
						public Object call(Workflow bean, Object[] arguments, ContinuedRun run, StartHandle ticket)
								throws Throwable {
							return Process.this.call(run, ticket);
						}

						@Override
						public void submit(Workflow bean, Object[] arguments) {
							throw new AssertionError("nothing is queued here");
						}

					}, Clock.systemUTC());
			this.recovery = new RunRecovery(tests.workflows, tests::failing, tests.journal, owners, options, continued,
					Clock.systemUTC());
		}

		void sweep() {
			runsThat(RunStatus.RUNNING).stream()
				.filter((runId) -> this.recovery.recover(runId) == Outcome.RECOVERED)
				.forEach((runId) -> this.together++);
			this.swept.countDown();
			this.recovery.swept();
		}

		/** Only a suspect gets further, and only while it is alone. */
		private @Nullable Object call(ContinuedRun continued, StartHandle ticket) throws InterruptedException {
			StoredRun run = continued.run();
			if (this.dead.getCount() == 0) {
				throw new IllegalStateException("dead");
			}
			store(run, RunStatus.RUNNING, run.epoch() + 1, run.recoveries() + 1, null);
			this.begun.incrementAndGet();
			boolean alone = this.inProgress.incrementAndGet() == 1;
			if (run.runId().equals("poison")) {
				this.swept.await();
				Awaitility.await()
					.atMost(MOST)
					.until(() -> this.begun.get() >= this.together && this.ending.get() == 0);
				this.dead.countDown();
			}
			if (this.stuck || !alone || run.recoveries() < 2) {
				this.dead.await();
			}
			if (this.dead.getCount() == 0) {
				throw new IllegalStateException("dead");
			}
			this.ending.incrementAndGet();
			RunRecoveryTests.this.journal.append(new StoredStep(run.runId(),
					new StepHead("first", 0, StepKind.STEP, StepStatus.DONE, 1, run.epoch() + 1, 1, 2L, null)));
			this.inProgress.decrementAndGet();
			ticket.further();
			if (run.runId().startsWith("slow")) {
				this.dead.await();
				throw new IllegalStateException("dead");
			}
			store(run, RunStatus.COMPLETED, run.epoch() + 1, run.recoveries() + 1, null);
			this.ending.decrementAndGet();
			return null;
		}

	}

}
