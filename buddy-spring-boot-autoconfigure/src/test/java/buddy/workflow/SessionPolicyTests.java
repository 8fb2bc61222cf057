package buddy.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.run.internal.CancellationSource;
import buddy.session.RunPage;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What happens to a run while another one has its session.
 */
@Timeout(60)
class SessionPolicyTests {

	private final Recorded recorded = new Recorded();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch goOn = new CountDownLatch(1);

	private final List<String> order = new CopyOnWriteArrayList<>();

	private final WorkflowRunner runner = this.recorded.runner(this.recorded.repository)
		.concurrency(SessionConcurrency.WAIT, Duration.ofSeconds(30))
		.build();

	private final Holding workflow = Workflows.proxy(new Holding(), this.runner);

	@AfterEach
	void goOn() {
		this.goOn.countDown();
		this.runner.close();
	}

	@Test
	void secondRunIsRefusedAndLeavesNoTrace() throws Exception {
		CompletableFuture<Object> first = holdSession();
		WorkflowScope reject = WorkflowScope.empty().concurrency(SessionConcurrency.REJECT);
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> reject.call(() -> this.workflow.run("s", () -> "second")))
			.satisfies((ex) -> assertThat(ex.holderRunId()).isEqualTo(this.recorded.onlyRun("s").runId()))
			.withMessageContaining("'holding'");
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
		assertThat(reject.call(() -> this.workflow.run("s", () -> "third"))).isEqualTo("third");
		assertThat(this.recorded.runs("s")).hasSize(2);
	}

	@Test
	void runsWaitInTheOrderInWhichTheyCame() throws Exception {
		CompletableFuture<Object> first = holdSession();
		List<CompletableFuture<Object>> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(inOrder("w" + i));
			int known = i + 2;
			Awaitility.await().until(() -> this.recorded.runs("s").size() == known);
		}
		assertThat(this.recorded.runs("s")).filteredOn((run) -> run.status() == RunStatus.PENDING).hasSize(5);
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
		waiting.forEach((run) -> assertThat(run).succeedsWithin(Duration.ofSeconds(30)));
		assertThat(this.order).containsExactly("w0", "w1", "w2", "w3", "w4");
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status).containsOnly(RunStatus.COMPLETED);
	}

	@Test
	void runWhoseTurnDoesNotComeInTimeGivesUpAndLeavesNoTrace() throws Exception {
		CompletableFuture<Object> first = holdSession();
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> WorkflowScope.empty()
				.waitTimeout(Duration.ofMillis(20))
				.call(() -> this.workflow.run("s", () -> "late")))
			.withMessageContaining("PT0.02S");
		assertThat(this.recorded.runs("s")).hasSize(1);
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
		assertThat(this.workflow.run("s", () -> "next")).isEqualTo("next");
	}

	@Test
	void waitingRunCanBeCancelled() throws Exception {
		CompletableFuture<Object> first = holdSession();
		CompletableFuture<Object> waiting = inOrder("never");
		Awaitility.await().until(() -> pending() != null);
		assertThat(runs().cancel(pending().runId(), "no longer wanted")).isTrue();
		assertThat(waiting).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RunCancelledException.class);
		assertThat(this.order).isEmpty();
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status)
			.containsExactly(RunStatus.COMPLETED, RunStatus.CANCELLED);
		assertThat(this.workflow.run("s", () -> "next")).isEqualTo("next");
	}

	@Test
	void sessionIsFreeAgainWhateverTheRunsEnd() {
		assertThatIllegalStateException().isThrownBy(() -> this.workflow.run("s", () -> {
			throw new IllegalStateException("as asked");
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> this.workflow.run("s", () -> {
			CancellationSource.of(RunContext.current().cancellation()).cancel("enough");
			return "never";
		}));
		assertThat(this.workflow.run("s", () -> "next")).isEqualTo("next");
	}

	@Test
	void runThatCallsItselfInItsOwnSessionIsRefusedAtOnce() {
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.workflow.run("s", () -> this.workflow.run("s", () -> "inner")))
			.withMessageContaining("own session");
		assertThat(this.workflow.run("s2", () -> this.workflow.run("other", () -> "inner"))).isEqualTo("inner");
		assertThat(this.workflow.run("s3",
				() -> WorkflowScope.empty()
					.concurrency(SessionConcurrency.MERGE)
					.call(() -> this.workflow.run("s3", () -> "inner"))))
			.isEqualTo("inner");
	}

	@Test
	void mergingRunsDoNotMindOneThatHoldsTheSession() throws Exception {
		CompletableFuture<Object> first = holdSession();
		assertThat(WorkflowScope.empty()
			.concurrency(SessionConcurrency.MERGE)
			.call(() -> this.workflow.run("s", () -> "beside"))).isEqualTo("beside");
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
	}

	@Test
	void workflowsSettingWinsOverTheApplications() throws Exception {
		Holding rejecting = Workflows
			.proxy(new Holding(WorkflowSettings.builder().concurrency(SessionConcurrency.REJECT).build()), this.runner);
		CompletableFuture<Object> first = holdSession();
		assertThatExceptionOfType(SessionBusyException.class).isThrownBy(() -> rejecting.run("s", () -> "second"));
		this.goOn.countDown();
		assertThat(first).succeedsWithin(Duration.ofSeconds(30));
	}

	@Test
	void endThatTheStoreDidNotTakeIsWrittenAgainAndFreesTheSession() {
		AtomicInteger failures = new AtomicInteger(3);
		DelegatingRepository store = new DelegatingRepository(this.recorded.repository) {
			@Override
			public EndOutcome end(RunEnd end) {
				if (failures.getAndDecrement() > 0) {
					throw new IllegalStateException("the database is away");
				}
				return super.end(end);
			}
		};
		WorkflowRunner away = this.recorded.runner(store)
			.concurrency(SessionConcurrency.WAIT, Duration.ofSeconds(30))
			.cancelPollInterval(Duration.ofMillis(1))
			.build();
		Holding holding = Workflows.proxy(new Holding(), away);
		assertThatExceptionOfType(RunNotRecordedException.class).isThrownBy(() -> holding.run("s", () -> "lost"));
		assertThat(holding.run("s", () -> "next")).isEqualTo("next");
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status)
			.containsExactly(RunStatus.ERROR, RunStatus.COMPLETED);
		assertThat(this.recorded.runs("s").get(0).failure().message()).contains("the database is away");
		away.close();
	}

	@Test
	void reactiveRunsThatWaitLeaveTheThreadsThatEndRuns() {
		int waiting = Runtime.getRuntime().availableProcessors() * 10 + 5;
		Reactive reactive = Workflows.proxy(new Reactive(), this.runner);
		Flux<Integer> all = Flux.range(0, waiting).flatMap((i) -> reactive.run("s", i), waiting);
		assertThat(all.collectList().block(Duration.ofSeconds(25))).hasSize(waiting);
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status).containsOnly(RunStatus.COMPLETED);
	}

	private StoredRun pending() {
		return this.recorded.repository.runs("s", RunPage.first(10))
			.stream()
			.filter((run) -> run.status() == RunStatus.PENDING)
			.findFirst()
			.orElse(null);
	}

	private CompletableFuture<Object> holdSession() throws InterruptedException {
		CompletableFuture<Object> run = inBackground(() -> {
			this.begun.countDown();
			this.goOn.await();
			return "first";
		});
		assertThat(this.begun.await(30, TimeUnit.SECONDS)).isTrue();
		return run;
	}

	private CompletableFuture<Object> inOrder(String name) {
		return inBackground(() -> this.order.add(name));
	}

	private CompletableFuture<Object> inBackground(Body body) {
		CompletableFuture<Object> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(this.workflow.run("s", body));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private WorkflowRuns runs() {
		return new DefaultWorkflowRuns(this.recorded.repository, null, RunnerLiveRuns.of(this.runner), () -> null,
				Clock.systemUTC(), null);
	}

	interface Body {

		Object run() throws Exception;

	}

	static class Holding extends Workflow {

		Holding() {
		}

		Holding(WorkflowSettings settings) {
			super(settings);
		}

		Object run(@SessionId String session, @NotRecorded Body body) {
			try {
				return body.run();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	static class Reactive extends Workflow {

		Mono<Integer> run(@SessionId String session, int number) {
			return Mono.fromCallable(() -> number).subscribeOn(Schedulers.boundedElastic());
		}

	}

}
