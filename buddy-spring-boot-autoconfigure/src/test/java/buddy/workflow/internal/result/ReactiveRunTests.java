package buddy.workflow.internal.result;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.run.internal.CancellationSource;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.Recorded;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs whose items are pushed to a subscriber.
 */
class ReactiveRunTests {

	private final Recorded recorded = new Recorded();

	private final Texts texts = this.recorded.proxy(new Texts());

	@Test
	void fluxIsARunForEachSubscription() {
		Flux<String> flux = this.texts.run("s", () -> Flux.just("a", "b"));
		assertThat(this.recorded.repository.find("s")).isEmpty();
		StepVerifier.create(flux).expectNext("a", "b").verifyComplete();
		// complete comes after the end is stored
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("ab");
		StepVerifier.create(flux).expectNext("a", "b").verifyComplete();
		assertThat(this.recorded.runs("s")).hasSize(2);
	}

	@Test
	void bodySubscriptionAndRequestsAreInTheContextAndTheSubscriberIsNot() {
		List<RunContext> inside = new CopyOnWriteArrayList<>();
		List<Object> outside = new CopyOnWriteArrayList<>();
		Flux<String> flux = this.texts.run("s", () -> {
			inside.add(RunContext.current());
			return Flux.<String, Integer>generate(() -> 0, (i, sink) -> {
				inside.add(RunContext.current());
				this.texts.count();
				sink.next("" + i);
				if (i == 2) {
					sink.complete();
				}
				return i + 1;
			}).map((item) -> item + this.texts.id().length());
		}).doOnNext((item) -> outside.add((RunContext.current() != null) ? "inside" : "outside"));
		StepVerifier.create(flux, 1)
			.expectNext("036")
			.thenRequest(1)
			.expectNext("136")
			.thenRequest(10)
			.expectNext("236")
			.verifyComplete();
		assertThat(inside).hasSize(4).containsOnly(inside.get(0));
		assertThat(outside).containsExactly("outside", "outside", "outside");
		assertThat(this.recorded.repository.find("s").orElseThrow().state()).isEqualTo("{\"count\":3}");
	}

	@Test
	void runIsInTheReactorContext() {
		Flux<String> flux = this.texts.run("s", () -> Flux
			.deferContextual((context) -> Flux.just(context.<RunContext>get(RunContextHolder.KEY).runId())));
		String runId = flux.blockFirst();
		assertThat(runId).isEqualTo(this.recorded.runs("s").get(0).runId());
	}

	@Test
	void errorIsTheSameInstanceWithTheContentSoFar() {
		IllegalStateException boom = new IllegalStateException("boom");
		StepVerifier.create(this.texts.run("s", () -> Flux.just("a", "b").concatWith(Flux.error(boom))))
			.expectNext("a", "b")
			.verifyErrorSatisfies((ex) -> assertThat(ex).isSameAs(boom));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("ab");
		StepVerifier.create(this.texts.run("s2", () -> {
			throw boom;
		})).verifyErrorSatisfies((ex) -> assertThat(ex).isSameAs(boom));
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.recorded.onlyRun("s2").failure().message()).isEqualTo("boom");
	}

	/** The source is ahead of its subscriber on another thread, so each try is a race. */
	@Test
	void errorDoesNotOvertakeTheItemsBeforeIt() {
		for (int i = 0; i < 300; i++) {
			Flux<String> flux = this.texts.run("s" + i,
					() -> Flux.concat(Flux.just("a", "b", "c"), Flux.error(new IllegalStateException("late")))
						.publishOn(Schedulers.parallel()));
			StepVerifier.create(flux.publishOn(Schedulers.single(), true, 1))
				.expectNext("a", "b", "c")
				.verifyErrorMessage("late");
			assertThat(this.recorded.onlyRun("s" + i).response().content()).isEqualTo("abc");
		}
	}

	@Test
	void cancelledSubscriptionCancelsTheRunWithTheContentSoFar() {
		AtomicBoolean cancelled = new AtomicBoolean();
		StepVerifier
			.create(this.texts.run("s",
					() -> Flux.just("a", "b").concatWith(Flux.never()).doOnCancel(() -> cancelled.set(true))))
			.expectNext("a", "b")
			.thenCancel()
			.verify();
		WorkflowRun run = this.recorded.endedRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.response().content()).isEqualTo("ab");
		Awaitility.await().untilTrue(cancelled);
		// the last event comes after the end is stored
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted",
					"WorkflowCancelled"));
	}

	@Test
	void takingSomeCancelsTheRest() {
		assertThat(this.texts.run("s", () -> Flux.just("a", "b", "c")).take(2).collectList().block())
			.containsExactly("a", "b");
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void cancellingInterruptsNoThread() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch over = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Disposable subscription = this.texts.run("s", () -> {
			begun.countDown();
			try {
				goOn.await(30, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
			}
			over.countDown();
			return Flux.just("a");
		}).subscribe();
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		subscription.dispose();
		goOn.countDown();
		assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(interrupted).isFalse();
	}

	@Test
	void cancellingWhileTheEndIsStoredInterruptsNothing() throws Exception {
		CountDownLatch storing = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Texts slow = this.recorded.proxy(new Texts(), new DelegatingRepository(this.recorded.repository) {
			@Override
			public EndOutcome end(RunEnd end) {
				storing.countDown();
				try {
					goOn.await(30, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
				}
				return super.end(end);
			}
		});
		Disposable subscription = slow.run("s", () -> Flux.just("a")).subscribe();
		assertThat(storing.await(30, TimeUnit.SECONDS)).isTrue();
		subscription.dispose();
		goOn.countDown();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(interrupted).isFalse();
	}

	@Test
	void storeThatFailsAtTheEndFailsTheFlux() {
		Texts broken = this.recorded.proxy(new Texts(), new DelegatingRepository(this.recorded.repository) {
			@Override
			public EndOutcome end(RunEnd end) {
				throw new IllegalStateException("disk full");
			}
		});
		StepVerifier.create(broken.run("s", () -> Flux.just("a")))
			.expectNext("a")
			.verifyError(RunNotRecordedException.class);
	}

	@Test
	void emptyAndNullAreCompleted() {
		StepVerifier.create(this.texts.run("s", Flux::empty)).verifyComplete();
		StepVerifier.create(this.texts.run("s2", () -> null)).verifyComplete();
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void scopeOfTheCallIsTheOneOfTheRun() {
		Flux<String> flux = WorkflowScope.ofUser("alice")
			.call(() -> this.texts.run("s", () -> Flux.just(this.texts.user())));
		StepVerifier.create(flux).expectNext("alice").verifyComplete();
		assertThat(this.recorded.onlyRun("s").userId()).isEqualTo("alice");
	}

	@Test
	void eventsAreFramedByTheLifecycleAndNoneEmittedIsLost() {
		Events events = this.recorded.proxy(new Events());
		List<String> names = List.of("WorkflowStarted", "CustomEvent", "RunResponseContent", "CustomEvent",
				"WorkflowCompleted");
		StepVerifier.create(events.run("s").map(RunResponseEvent::event)).expectNextSequence(names).verifyComplete();
		assertThat(this.recorded.eventNames()).containsExactlyElementsOf(names);
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("a");
	}

	@Test
	void monoIsOneValue() {
		One one = this.recorded.proxy(new One());
		Mono<RunResponse> mono = one.run("s", () -> Mono.fromSupplier(() -> RunResponse.of(one.id())));
		assertThat(this.recorded.repository.find("s")).isEmpty();
		RunResponse response = mono.block();
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(response.runId()).isEqualTo(run.runId()).isEqualTo(response.content());
		assertThat(response.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
		IllegalStateException boom = new IllegalStateException("boom");
		StepVerifier.create(one.run("s2", () -> Mono.error(boom)))
			.verifyErrorSatisfies((ex) -> assertThat(ex).isSameAs(boom));
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.ERROR);
		StepVerifier.create(one.run("s3", Mono::empty)).verifyComplete();
		assertThat(this.recorded.onlyRun("s3").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void cancelledMonoCancelsTheRun() {
		One one = this.recorded.proxy(new One());
		Sinks.One<RunResponse> source = Sinks.one();
		Disposable subscription = one.run("s", source::asMono).subscribe();
		Awaitility.await().until(() -> source.currentSubscriberCount() == 1);
		subscription.dispose();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void publishersOfBothKindsAreRuns() {
		Publishing publishing = this.recorded.proxy(new Publishing());
		StepVerifier.create(publishing.run("s")).expectNext("a", "b").verifyComplete();
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("ab");
		FlowPublishing flow = this.recorded.proxy(new FlowPublishing());
		StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(flow.run("s2"))).expectNext("a").verifyComplete();
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void runOfASubscriberIsNoChildOfTheRunItListensTo() {
		StepVerifier
			.create(this.texts.run("s", () -> Flux.just("a"))
				.concatMap((item) -> this.texts.run("s2", () -> Flux.just("b"))))
			.expectNext("b")
			.verifyComplete();
		assertThat(this.recorded.onlyRun("s2").parentRunId()).isNull();
	}

	/** The run is stored, and the subscription does not know of it yet. */
	@Test
	void subscriberThatLeavesWhileItsRunBeginsCancelsTheRun() {
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		AtomicBoolean asked = new AtomicBoolean();
		Texts texts = this.recorded.proxy(new Texts(), new DelegatingRepository(this.recorded.repository) {

			@Override
			public OpenedSession begin(NewRun run) {
				OpenedSession opened = super.begin(run);
				subscription.get().cancel();
				return opened;
			}

		});
		texts.run("s", () -> {
			asked.set(true);
			return Flux.just("a");
		}).subscribe(new BaseSubscriber<String>() {

			@Override
			protected void hookOnSubscribe(Subscription upstream) {
				subscription.set(this);
				requestUnbounded();
			}

		});
		WorkflowRun run = this.recorded.endedRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.failure().message()).contains("the subscriber cancelled");
		assertThat(asked).isFalse();
	}

	@Test
	void requestToStopThatComesWithTheFirstEventEndsTheRunBeforeItsBody() {
		AtomicBoolean asked = new AtomicBoolean();
		WorkflowRunner runner = this.recorded.runner(this.recorded.repository).listeners(List.of((run, event) -> {
			if (event instanceof RunResponseEvent.WorkflowStarted) {
				CancellationSource.of(run.cancellation()).cancel("not now");
			}
		})).build();
		Flux<String> flux = Workflows.proxy(new Texts(), runner).run("s", () -> {
			asked.set(true);
			return Flux.just("a");
		});
		StepVerifier.create(flux)
			.verifyErrorSatisfies(
					(ex) -> assertThat(ex).isInstanceOf(RunCancelledException.class).hasMessageContaining("not now"));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(asked).isFalse();
	}

	/**
	 * Between its begin and its body, at its subscription, and after it: each try is a
	 * race.
	 */
	@Test
	void subscriberThatLeavesAtAnyTimeEndsItsRun() {
		for (int i = 0; i < 300; i++) {
			Disposable subscription = this.texts.run("s" + i, () -> Flux.never()).subscribe();
			int spins = i * 20;
			for (int spin = 0; spin < spins; spin++) {
				Thread.onSpinWait();
			}
			subscription.dispose();
		}
		for (int i = 0; i < 300; i++) {
			String session = "s" + i;
			Awaitility.await()
				.until(() -> this.recorded.runs(session)
					.stream()
					.allMatch((run) -> run.status() == RunStatus.CANCELLED));
		}
		Awaitility.await().until(() -> this.recorded.events.size() % 2 == 0);
	}

	static class Texts extends Workflow {

		Flux<String> run(@SessionId String sessionId, Supplier<Flux<String>> body) {
			return body.get();
		}

		void count() {
			sessionState().increment("count", 1);
		}

		String id() {
			return runId();
		}

		String user() {
			return userId();
		}

	}

	static class Events extends Workflow {

		Flux<RunResponseEvent> run(@SessionId String sessionId) {
			return Flux.<RunResponseEvent>defer(() -> {
				emit(RunResponseEvent.custom("first", 1));
				return Flux.just(RunResponseEvent.content("a"));
			}).doOnComplete(() -> RunContext.current().emit(RunResponseEvent.custom("last", 2)));
		}

	}

	static class One extends Workflow {

		Mono<RunResponse> run(@SessionId String sessionId, Supplier<Mono<RunResponse>> body) {
			return body.get();
		}

		String id() {
			return runId();
		}

	}

	static class Publishing extends Workflow {

		Publisher<String> run(@SessionId String sessionId) {
			return Flux.just("a", "b");
		}

	}

	static class FlowPublishing extends Workflow {

		Flow.Publisher<String> run(@SessionId String sessionId) {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("a"));
		}

	}

}
