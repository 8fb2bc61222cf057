package buddy.workflow;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Where the run in progress is known, and where it is not.
 */
class ReactiveContextTests {

	private final Recorded recorded = new Recorded();

	private final Texts texts = this.recorded.proxy(new Texts());

	@AfterEach
	void leaveReactorAsItWas() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void automaticPropagationReachesTheBodyOnOtherThreadsAndNotTheCaller() {
		Hooks.enableAutomaticContextPropagation();
		List<String> inside = new CopyOnWriteArrayList<>();
		List<String> outside = new CopyOnWriteArrayList<>();
		List<String> got = this.texts
			.run("s",
					() -> Flux.just("a", "b")
						.publishOn(Schedulers.parallel())
						.doOnNext((item) -> inside.add(this.texts.id())))
			.doOnNext((item) -> outside.add(where()))
			.publishOn(Schedulers.single())
			.doOnNext((item) -> outside.add(where()))
			.collectList()
			.block();
		assertThat(got).containsExactly("a", "b");
		assertThat(inside).hasSize(2).containsOnly(this.recorded.onlyRun("s").runId());
		assertThat(outside).hasSize(4).containsOnly("nowhere");
		assertThat(where()).isEqualTo("nowhere");
		assertThat(boundOn(Schedulers.parallel()::schedule)).isEqualTo("nowhere");
		assertThat(boundOn(Schedulers.single()::schedule)).isEqualTo("nowhere");
		assertThat(boundOn(Schedulers.boundedElastic()::schedule)).isEqualTo("nowhere");
	}

	@Test
	void automaticPropagationGivesACallerInARunItsOwn() {
		Hooks.enableAutomaticContextPropagation();
		Values outer = this.recorded.proxy(new Values());
		List<String> seen = new CopyOnWriteArrayList<>();
		String outerId = outer.run("outer", () -> {
			this.texts.run("s", () -> Flux.just("a").publishOn(Schedulers.parallel()))
				.publishOn(Schedulers.single())
				.doOnNext((item) -> seen.add(where()))
				.blockLast();
			return RunContext.current().runId();
		});
		assertThat(seen).containsExactly(outerId);
		assertThat(this.recorded.runs("outer")).hasSize(1);
	}

	@Test
	void scopeOfTheSubscriberIsNotThatOfTheBody() {
		Hooks.enableAutomaticContextPropagation();
		List<String> scopes = new CopyOnWriteArrayList<>();
		WorkflowScope.ofUser("alice").run(() -> this.texts.run("s", () -> Flux.just("a").doOnNext((item) -> {
			scopes.add(String.valueOf(RunContextHolder.scope()));
			this.texts.id();
			// what changes the context makes Reactor restore the thread from it
		}).contextWrite((context) -> context.put("a", "b"))).blockLast());
		assertThat(scopes).containsExactly("null");
	}

	@Test
	void withoutPropagationAnotherThreadIsToldWhatHelps() {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		this.texts.run("s", () -> Flux.just("a").publishOn(Schedulers.parallel()).doOnNext((item) -> {
			try {
				this.texts.id();
			}
			catch (IllegalStateException ex) {
				failures.add(ex);
			}
		})).blockLast();
		assertThatIllegalStateException().isThrownBy(() -> {
			throw failures.get(0);
		}).withMessageContaining("RunContext.wrap");
		List<String> wrapped = new CopyOnWriteArrayList<>();
		this.texts
			.run("s2",
					() -> Flux.just("a")
						.publishOn(Schedulers.fromExecutor(RunContext.wrap(Schedulers.parallel()::schedule)))
						.doOnNext((item) -> wrapped.add(this.texts.id())))
			.blockLast();
		assertThat(wrapped).containsExactly(this.recorded.onlyRun("s2").runId());
	}

	@Test
	void coldPublisherMayBeSubscribedToByManyAtOnce() throws Exception {
		int subscribers = 50;
		AtomicInteger calls = new AtomicInteger();
		Flux<String> flux = this.texts.run("s", () -> {
			calls.incrementAndGet();
			return Flux.just(this.texts.id());
		});
		List<String> ids = new CopyOnWriteArrayList<>();
		CountDownLatch over = new CountDownLatch(subscribers);
		Flux.range(0, subscribers)
			.parallel(8)
			.runOn(Schedulers.parallel())
			.doOnNext((i) -> flux.doFinally((signal) -> over.countDown()).subscribe(ids::add))
			.sequential()
			.blockLast();
		assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(calls).hasValue(subscribers);
		assertThat(ids).hasSize(subscribers).doesNotHaveDuplicates();
		assertThat(this.recorded.runs("s")).hasSize(subscribers)
			.allMatch((run) -> run.status() == RunStatus.COMPLETED)
			.extracting((run) -> run.response().content())
			.containsExactlyInAnyOrderElementsOf(ids);
	}

	private static String where() {
		RunContext current = RunContext.current();
		return (current != null) ? current.runId() : "nowhere";
	}

	private static String boundOn(Executor pool) {
		return CompletableFuture.supplyAsync(ReactiveContextTests::where, pool).join();
	}

	static class Texts extends Workflow {

		Flux<String> run(@SessionId String sessionId, Supplier<Flux<String>> body) {
			return body.get();
		}

		String id() {
			return runId();
		}

	}

	static class Values extends Workflow {

		String run(@SessionId String sessionId, Supplier<String> body) {
			return body.get();
		}

	}

}
