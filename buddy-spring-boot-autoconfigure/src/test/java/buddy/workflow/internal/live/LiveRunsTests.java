package buddy.workflow.internal.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.durable.MapRunJournal;
import buddy.durable.internal.RunSignal;
import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunFencedException;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;
import buddy.testkit.TestRun;
import buddy.workflow.Recorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The runs of a process among those of other processes.
 */
@Timeout(60)
class LiveRunsTests {

	private final Recorded recorded = new Recorded();

	private final Owners owners = new Owners();

	private final WorkflowRunner runner = this.recorded.runner(this.recorded.repository)
		.owners(this.owners, Duration.ofMinutes(3), Duration.ofMinutes(1))
		.cancelPollInterval(Duration.ofMillis(1))
		.build();

	@BeforeEach
	void storeKnowsTheRunsOfThisProcess() {
		this.owners.running = () -> RunnerLiveRuns.of(this.runner)
			.all()
			.stream()
			.map((live) -> live.run().runId())
			.toList();
	}

	@Test
	void processIsSeenBeforeItsFirstRunAndNotAgainForEachRun() {
		assertThat(this.owners.seen).isEmpty();
		Plain plain = Workflows.proxy(new Plain(() -> {
		}), this.runner);
		plain.run("s");
		plain.run("s");
		assertThat(this.owners.seen).hasSize(1);
		this.runner.close();
		assertThat(this.owners.left).isEqualTo(this.owners.seen);
	}

	@Test
	void processThatNeverRanAnythingDoesNotSignOff() {
		this.runner.close();
		assertThat(this.owners.left).isEmpty();
	}

	@Test
	void leaseThatRunsOutBeforeItIsRenewedIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.recorded.runner(this.recorded.repository)
				.owners(this.owners, Duration.ofSeconds(29), Duration.ofSeconds(10))
				.build())
			.withMessageContaining("buddy.node.lease");
	}

	@Test
	void runBelongsToItsProcess() {
		AtomicReference<String> owner = new AtomicReference<>();
		Workflows
			.proxy(new Plain(() -> owner.set(((RunExecution) RunContext.current()).live().run().ownerNode())),
					this.runner)
			.run("s");
		assertThat(owner.get()).isEqualTo(this.owners.seen.get(0)).matches("[A-Za-z0-9._:@-]{1,128}");
	}

	@Test
	void requestOfAnotherProcessCancelsTheRun() {
		Plain plain = Workflows.proxy(new Plain(() -> {
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			this.owners.requested.put(RunContext.current().runId(), "from afar");
			stopped.await();
		}), this.runner);
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> plain.run("s"))
			.withMessageContaining("from afar");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void runWhoseRowWasEndedOrDeletedElsewhereIsStopped() {
		Plain plain = Workflows.proxy(new Plain(() -> {
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			this.owners.running = List::of;
			stopped.await();
		}), this.runner);
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> plain.run("s"))
			.withMessageContaining("its record was ended or deleted by someone else");
		assertThat(this.recorded.onlyRun("s").failure().reason()).isEqualTo(Cancellation.LOST);
	}

	@Test
	void runThatAnotherProcessHasTakenIsFenced() {
		AtomicReference<Throwable> stopped = new AtomicReference<>();
		Plain plain = Workflows.proxy(new Plain(() -> {
			NewRun run = live().run();
			this.recorded.repository.end(new RunEnd(run, true, RunStatus.ERROR, null, "{}", run.createdAt() + 1, null));
			assertThat(new MapRunJournal(this.recorded.repository)
				.take(new RunTake(run.runId(), 0, RunStatus.ERROR, null, true, false))).isTrue();
			this.owners.running = List::of;
			stopped.set(awaitStop());
		}), this.runner);
		callAndLook(plain, stopped, "another process goes on with the run");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void runThatOthersGoOnWithIsStoppedAndGivenUpWhenTheLeaseIsOver() {
		WorkflowRunner shortLived = withLease(Duration.ofMillis(300));
		AtomicReference<Throwable> stopped = new AtomicReference<>();
		AtomicReference<String> givenUp = new AtomicReference<>();
		Plain plain = Workflows.proxy(new Plain(() -> {
			givenUp.set(RunContext.current().runId() + " 0 " + this.owners.seen.get(0));
			// first, since the lease of a process that is paused here is over at once
			this.owners.away = true;
			live().takenFromTheDead(true);
			stopped.set(awaitStop());
		}), shortLived);
		callAndLook(plain, stopped, "its lease (buddy.node.lease)");
		assertThat(this.owners.givenUp).isEmpty();
		this.owners.away = false;
		Awaitility.await().until(() -> this.owners.givenUp.contains(givenUp.get()));
		shortLived.close();
	}

	@Test
	void runThatNobodyGoesOnWithOutlivesTheLease() {
		WorkflowRunner shortLived = withLease(Duration.ofMillis(30));
		Workflows.proxy(new Plain(() -> {
			this.owners.away = true;
			long since = System.nanoTime();
			Awaitility.await().until(() -> System.nanoTime() - since > Duration.ofMillis(100).toNanos());
			this.owners.away = false;
			int before = this.owners.seen.size();
			Awaitility.await().until(() -> this.owners.seen.size() > before);
			assertThat(RunContext.current().cancellation().cancelled()).isFalse();
		}), shortLived).run("s");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.owners.givenUp).isEmpty();
		shortLived.close();
	}

	@Test
	void laterExecutionOfARunStopsTheEarlierOne() {
		LiveRuns liveRuns = RunnerLiveRuns.of(this.runner);
		AtomicReference<Throwable> stopped = new AtomicReference<>();
		Plain plain = Workflows.proxy(new Plain(() -> {
			LiveRun earlier = live();
			LiveRun later = new LiveRun(earlier.request(), earlier.run().toBuilder().epoch(1).build(),
					earlier.repository(), true, null);
			liveRuns.add(later);
			stopped.set(awaitStop());
			liveRuns.remove(earlier);
			assertThat(liveRuns.find(earlier.run().runId())).isSameAs(later);
			assertThat(later.cancellation().cancelled()).isFalse();
			liveRuns.remove(later);
		}), this.runner);
		callAndLook(plain, stopped, "another execution");
	}

	@Test
	void leaseIsRenewedWhileTheOtherChecksWait() {
		WorkflowRunner shortLived = withLease(Duration.ofMillis(300));
		CountDownLatch done = new CountDownLatch(1);
		Workflows.proxy(new Plain(() -> {
			CountDownLatch waits = new CountDownLatch(1);
			Supplier<Collection<String>> running = this.owners.running;
			this.owners.running = () -> {
				waits.countDown();
				Awaitility.await().until(() -> done.getCount() == 0);
				return running.get();
			};
			waits.await();
			int before = this.owners.seen.size();
			Awaitility.await().until(() -> this.owners.seen.size() > before + 2);
			done.countDown();
		}), shortLived).run("s");
		shortLived.close();
	}

	private WorkflowRunner withLease(Duration lease) {
		WorkflowRunner built = this.recorded.runner(this.recorded.repository)
			.owners(this.owners, lease, lease.dividedBy(3))
			.cancelPollInterval(Duration.ofMillis(1))
			.build();
		this.owners.running = () -> RunnerLiveRuns.of(built).all().stream().map((live) -> live.run().runId()).toList();
		return built;
	}

	private static LiveRun live() {
		return ((RunExecution) RunContext.current()).live();
	}

	/** Waits until the execution is stopped, and returns the signal that stops it. */
	private static Throwable awaitStop() throws InterruptedException {
		CountDownLatch stopped = new CountDownLatch(1);
		RunContext.current().cancellation().onCancel(stopped::countDown);
		stopped.await();
		try {
			RunContext.current().cancellation().check("r");
			return new AssertionError("not stopped");
		}
		catch (RuntimeException | Error ex) {
			return ex;
		}
	}

	private static void callAndLook(Plain plain, AtomicReference<Throwable> stopped, String why) {
		Throwable told = catchThrowable(() -> plain.run("s"));
		assertThat(stopped.get()).isInstanceOfSatisfying(RunSignal.class,
				(signal) -> assertThat(signal.kind()).isEqualTo(RunSignal.Kind.FENCED));
		assertThat(told).isInstanceOf(RunFencedException.class).hasMessageContaining(why);
	}

	@Test
	void runThatIsNotStoredYetIsNotMissed() {
		WorkflowRunner unrecorded = this.recorded.runner(this.recorded.repository)
			.owners(this.owners, Duration.ofMinutes(3), Duration.ofMinutes(1))
			.recordStart(false)
			.build();
		this.owners.running = List::of;
		Workflows.proxy(new Plain(() -> {
			RunnerLiveRuns.of(unrecorded).tick();
			assertThat(RunContext.current().cancellation().cancelled()).isFalse();
		}), unrecorded).run("s");
		unrecorded.close();
	}

	@Test
	void requestToStopARunThatThisProcessDoesNotKnowEndsItsRow() {
		Workflows.proxy(new Plain(() -> {
			String runId = RunContext.current().runId();
			this.owners.running = () -> List.of(runId, "ghost", "other");
			this.owners.requested.put("ghost", "why");
			RunnerLiveRuns.of(this.runner).tick();
		}), this.runner).run("s");
		assertThat(this.owners.endedOwn).containsExactly(Map.entry("ghost", RunStatus.CANCELLED));
	}

	@Test
	void requestToCancelIsStoredForThoseWhoContinueTheRun() {
		LiveRuns liveRuns = RunnerLiveRuns.of(this.runner);
		for (boolean continued : new boolean[] { true, false }) {
			assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> Workflows.proxy(new Plain(() -> {
				live().takenFromTheDead(continued);
				assertThat(liveRuns.cancel(live(), "please")).isTrue();
				RunContext.current().cancellation().check("r");
			}), this.runner).run("s"));
			assertThat(this.owners.requested.values()).containsOnly("please").hasSize(1);
		}
	}

	@Test
	void ghostOfThisProcessIsCancelledAtOnce() {
		StoredRun ghost = TestRun.of("r1").workflow("plain").user("alice").at(1).stored(RunStatus.RUNNING).build();
		this.recorded.repository.create(
				new buddy.storage.StoredSession("s1", "plain", "alice", null, null, null, null, null, null, 1, 1, 0),
				List.of(ghost));
		WorkflowRuns runs = new DefaultWorkflowRuns(this.recorded.repository, this.owners,
				RunnerLiveRuns.of(this.runner), () -> "alice", Clock.systemUTC(), null);
		assertThat(runs.cancel("r1", "please")).isTrue();
		assertThat(this.owners.endedOwn).containsExactly(Map.entry("r1", RunStatus.CANCELLED));
	}

	@Test
	void whatTheStoreDoesNotTakeIsTriedOnceATickAndKeepsNothingElse() {
		List<String> tried = new CopyOnWriteArrayList<>();
		LiveRuns liveRuns = RunnerLiveRuns.of(this.recorded.runner(this.recorded.repository)
			.owners(this.owners, Duration.ofMinutes(3), Duration.ofMinutes(1))
			.cancelPollInterval(Duration.ofHours(1))
			.build());
		for (String name : List.of("a", "b")) {
			liveRuns.writeAgain(() -> {
				tried.add(name);
				return UnrecordedWrite.Result.FAILED;
			});
		}
		liveRuns.writeAgain(() -> {
			tried.add("c");
			return UnrecordedWrite.Result.LATER;
		});
		liveRuns.tick();
		assertThat(tried).containsExactly("a");
		assertThat(this.owners.seen).as("the lease comes first, whatever fails").hasSize(1);
		liveRuns.tick();
		liveRuns.tick();
		assertThat(tried).containsExactly("a", "b", "c", "a");
		liveRuns.close();
	}

	@Test
	void lookThatFailsIsRepeated() {
		this.owners.failures = 3;
		requestOfAnotherProcessCancelsTheRun();
		assertThat(this.owners.failures).isZero();
	}

	@Test
	void processWithoutRunsAsksNothing() {
		Workflows.proxy(new Plain(() -> {
		}), this.runner).run("s");
		// the last look may have begun before the run ended
		AtomicInteger before = new AtomicInteger(-1);
		Awaitility.await().during(Duration.ofMillis(100)).until(() -> {
			int asked = this.owners.asked.size();
			return asked == before.getAndSet(asked);
		});
	}

	@Test
	void runOfAnotherProcessIsAskedToStopThroughTheStore() {
		StoredRun elsewhere = TestRun.of("r1").workflow("plain").user("alice").at(1).stored(RunStatus.RUNNING).build();
		this.recorded.repository.create(
				new buddy.storage.StoredSession("s1", "plain", "alice", null, null, null, null, null, null, 1, 1, 0),
				List.of(elsewhere));
		WorkflowRuns runs = new DefaultWorkflowRuns(this.recorded.repository, this.owners,
				RunnerLiveRuns.of(this.runner), () -> "alice", Clock.systemUTC(), null);
		assertThat(runs.asUser("bob").cancel("r1")).isFalse();
		assertThat(this.owners.requested).isEmpty();
		assertThat(runs.cancel("r1", "please")).isTrue();
		assertThat(this.owners.requested).containsEntry("r1", "please");
		WorkflowRuns alone = new DefaultWorkflowRuns(this.recorded.repository, null, RunnerLiveRuns.of(this.runner),
				() -> "alice", Clock.systemUTC(), null);
		assertThatIllegalStateException().isThrownBy(() -> alone.cancel("r1")).withMessageContaining("RunOwners");
	}

	@Test
	void unfinishedRunsOfOthersAreNotShown() {
		for (int i = 0; i < 25; i++) {
			this.owners.unfinished.add(new UnfinishedRun("r" + (99 - i), "s", "w", (i % 5 == 0) ? "alice" : "bob",
					RunStatus.RUNNING, Instant.ofEpochMilli(100 - i), "n", Instant.ofEpochMilli(1),
					Instant.ofEpochMilli(2), true, null));
		}
		WorkflowRuns runs = new DefaultWorkflowRuns(this.recorded.repository, this.owners,
				RunnerLiveRuns.of(this.runner), () -> "alice", Clock.systemUTC(), null);
		var first = runs.unfinished(RunPage.first(3));
		assertThat(first.items()).extracting(UnfinishedRun::runId).containsExactly("r99", "r94", "r89");
		assertThat(runs.unfinished(RunPage.first(3).after(first.next())).items()).extracting(UnfinishedRun::runId)
			.containsExactly("r84", "r79");
		assertThat(runs.ofEverybody().unfinished(RunPage.first(100)).items()).hasSize(25);
		assertThat(runs.findUnfinished("r98")).isEmpty();
		assertThat(runs.asUser("bob").findUnfinished("r98")).isPresent();
		this.owners.unfinished.add(new UnfinishedRun("r0", "s", "w", null, RunStatus.RUNNING, Instant.EPOCH, "n",
				Instant.ofEpochMilli(1), Instant.ofEpochMilli(2), true, null));
		assertThat(runs.findUnfinished("r0")).isPresent();
		assertThat(runs.requiringUser().findUnfinished("r0")).isEmpty();
		assertThat(runs.requiringUser().findUnfinished("r99")).isPresent();
		assertThat(runs.requiringUser().asUser("alice").findUnfinished("r0")).isEmpty();
		assertThat(runs.requiringUser().asUser(null).findUnfinished("r0")).isPresent();
		WorkflowRuns unowned = new DefaultWorkflowRuns(this.recorded.repository, this.owners,
				RunnerLiveRuns.of(this.runner), () -> null, Clock.systemUTC(), null);
		assertThatExceptionOfType(buddy.session.UserRequiredException.class)
			.isThrownBy(() -> unowned.requiringUser().unfinished(RunPage.first(3)));
	}

	@Test
	void streamThatNobodyPullsIsAbandoned() {
		WorkflowRunner idle = this.recorded.runner(this.recorded.repository).idleTimeout(Duration.ofMinutes(1)).build();
		LiveRuns liveRuns = RunnerLiveRuns.of(idle);
		List<String> abandoned = new CopyOnWriteArrayList<>();
		AtomicReference<Duration> time = new AtomicReference<>();
		Workflows.proxy(new Plain(() -> {
			((RunExecution) RunContext.current()).pulledBy(new PulledStream() {

				@Override
				public boolean idleFor(long nanos) {
					time.set(Duration.ofNanos(nanos));
					return true;
				}

				@Override
				public void abandon(String reason) {
					abandoned.add(reason);
				}

			});
			liveRuns.tick();
			Awaitility.await().until(() -> !abandoned.isEmpty());
		}), idle).run("s");
		assertThat(abandoned.get(0)).contains("PT1M", "buddy.runs.idle-timeout");
		assertThat(time.get()).isEqualTo(Duration.ofMinutes(1));
		idle.close();
	}

	@Test
	void runThatBeginsWhileTheApplicationStopsHasNoTimeLimitAndIsRecorded() {
		WorkflowRunner stopped = this.recorded.runner(this.recorded.repository).timeout(Duration.ofNanos(1)).build();
		stopped.close();
		Workflows.proxy(new Plain(() -> {
		}), stopped).run("s");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	interface Body {

		void run() throws Exception;

	}

	static class Plain extends Workflow {

		private final Body body;

		Plain(Body body) {
			this.body = body;
		}

		void run(@SessionId String session) {
			try {
				this.body.run();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	static class Owners implements RunOwners {

		final List<String> seen = new CopyOnWriteArrayList<>();

		final List<String> left = new CopyOnWriteArrayList<>();

		final List<String> asked = new CopyOnWriteArrayList<>();

		final Map<String, String> requested = new ConcurrentHashMap<>();

		volatile Supplier<Collection<String>> running = List::of;

		final List<UnfinishedRun> unfinished = new ArrayList<>();

		final Map<String, RunStatus> endedOwn = new ConcurrentHashMap<>();

		final List<String> givenUp = new CopyOnWriteArrayList<>();

		volatile int failures;

		volatile boolean away;

		@Override
		public boolean seen(String nodeId, long leaseMillis) {
			if (this.away) {
				throw new IllegalStateException("The database is away");
			}
			this.seen.add(nodeId);
			return true;
		}

		@Override
		public void handOver(String runId, int epoch, String nodeId) {
			giveUp(runId, epoch, nodeId);
		}

		@Override
		public void giveUp(String runId, int epoch, String nodeId) {
			if (this.away) {
				throw new IllegalStateException("The database is away");
			}
			this.givenUp.add(runId + " " + epoch + " " + nodeId);
		}

		@Override
		public void left(String nodeId) {
			this.left.add(nodeId);
		}

		@Override
		public boolean requestCancel(String runId, String reason) {
			return this.requested.putIfAbsent(runId, reason) == null;
		}

		@Override
		public List<OwnRun> runsOf(String nodeId) {
			this.asked.add(nodeId);
			if (this.failures > 0) {
				this.failures--;
				throw new IllegalStateException("the database is away");
			}
			return this.running.get().stream().map((runId) -> new OwnRun(runId, this.requested.get(runId))).toList();
		}

		@Override
		public boolean endOrphan(String runId, OrphanEnd end) {
			return false;
		}

		@Override
		public boolean endOwn(OwnRun run, String nodeId, OrphanEnd end) {
			this.endedOwn.put(run.runId(), end.status());
			return true;
		}

		@Override
		public Orphans orphans(String nodeId, int limit) {
			return new Orphans(List.of(), 0);
		}

		@Override
		public Optional<UnfinishedRun> findUnfinished(String runId) {
			return this.unfinished.stream().filter((run) -> run.runId().equals(runId)).findFirst();
		}

		@Override
		public List<UnfinishedRun> unfinished(RunPage page) {
			RunPage.Cursor after = page.after();
			return this.unfinished.stream()
				.filter((run) -> after == null || run.createdAt().isBefore(after.at()))
				.limit(page.limit())
				.toList();
		}

		@Override
		public Overview overview(Duration time) {
			return new Overview(null, 0, 0, 0);
		}

		@Override
		public List<ParkedRun> parked(int newest, Instant now, Duration time) {
			return List.of();
		}

	}

}
