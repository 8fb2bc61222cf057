package buddy.workflow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.run.EventHeader;
import buddy.run.RunEventListener;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StartedRunTests {

	private final Recorded recorded = new Recorded();

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private final WorkflowRegistry registry = new DefaultWorkflowRegistry(this.workflows);

	private final WorkflowScope scope = WorkflowScope.session("s");

	@BeforeEach
	void register() {
		for (Workflow workflow : List.of(new Value(), new Response(), new Streamed(), new Iterated(), new Eventful(),
				new Flowing(), new Single(), new Future(), new Nothing(), new Failing(), new FailingFlow(),
				new Nested(this.recorded.proxy(new Value())))) {
			this.workflows.register(workflow.workflowId(), this.recorded.proxy(workflow));
		}
	}

	@Test
	void everyShapeIsDrainedToItsEnd() throws Exception {
		for (String shape : List.of("value", "response", "streamed", "iterated", "eventful", "flowing", "single",
				"future")) {
			StartedRun run = WorkflowScope.session(shape)
				.call(() -> this.registry.start(shape, Map.of("text", "a"), StartOptions.here()));
			RunResponse response = run.response().toCompletableFuture().get(30, TimeUnit.SECONDS);
			assertThat(response.contentAsString()).as(shape).isEqualTo("aa");
			assertThat(response.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(run.begun().toCompletableFuture().get()).isEqualTo(response.runId());
			assertThat(this.recorded.onlyRun(shape).runId()).isEqualTo(response.runId());
		}
		StartedRun nothing = this.scope.call(() -> this.registry.start("nothing", Map.of(), StartOptions.here()));
		assertThat(nothing.response().toCompletableFuture().get().status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void failureIsTheBodysOwn() {
		for (String shape : List.of("failing", "failing-flow")) {
			StartedRun run = WorkflowScope.session(shape)
				.call(() -> this.registry.start(shape, Map.of(), StartOptions.here()));
			assertThatThrownBy(() -> run.response().toCompletableFuture().get(30, TimeUnit.SECONDS))
				.isInstanceOf(ExecutionException.class)
				.cause()
				.isSameAs(Failing.FAILURE);
			assertThat(run.begun().toCompletableFuture()).isCompleted();
			assertThat(this.recorded.onlyRun(shape).status()).isEqualTo(RunStatus.ERROR);
		}
	}

	@Test
	void refusedRunNeverBegins() {
		this.scope.user("ada").call(() -> this.registry.start("value", Map.of("text", "a"), StartOptions.here()));
		StartedRun run = this.scope.user("eve")
			.call(() -> this.registry.start("value", Map.of("text", "a"), StartOptions.here()));
		assertThat(run.begun().toCompletableFuture()).isCompletedExceptionally();
		assertThatThrownBy(() -> run.response().toCompletableFuture().get())
			.hasCauseInstanceOf(SessionNotFoundException.class);
		assertThatExceptionOfType(WorkflowNotFoundException.class)
			.isThrownBy(() -> this.registry.start("none", Map.of(), StartOptions.here()));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.registry.start("value", Map.of("text", 1), StartOptions.here()))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo("text"));
	}

	@Test
	void runThatWasTakenBackDoesNotBegin() {
		Queue<Runnable> tasks = new ArrayDeque<>();
		StartedRun run = this.scope
			.call(() -> this.registry.start("value", Map.of("text", "a"), StartOptions.on(tasks::add)));
		assertThat(run.withdraw()).isTrue();
		tasks.forEach(Runnable::run);
		assertThat(this.recorded.repository.find("s")).isEmpty();
		assertThat(run.withdraw()).isFalse();
		StartedRun other = this.scope
			.call(() -> this.registry.start("value", Map.of("text", "a"), StartOptions.on(Runnable::run)));
		assertThat(other.withdraw()).isFalse();
	}

	@Test
	void idIsToldBeforeTheFirstEventAndWaitersAreWokenUpAfterIt() {
		Queue<Runnable> tasks = new ArrayDeque<>();
		List<String> order = new ArrayList<>();
		WorkflowRegistry own = listenedTo((run, event) -> order.add(event.event() + " " + run.runId()));
		StartedRun run = this.scope.call(() -> own.start("value", Map.of("text", "a"),
				StartOptions.on(tasks::add).onBegin((runId) -> order.add("told " + runId))));
		run.begun().thenAccept((runId) -> order.add("begun " + runId));
		assertThat(order).isEmpty();
		tasks.remove().run();
		String runId = this.recorded.onlyRun("s").runId();
		assertThat(order).containsExactly("told " + runId, "WorkflowStarted " + runId, "begun " + runId,
				"WorkflowCompleted " + runId);
	}

	@Test
	void whoCannotTakeTheIdKeepsNoRunFromGoingOn() throws Exception {
		for (StartOptions options : List.of(StartOptions.here().onBegin((runId) -> {
			throw new IllegalStateException("no room");
		}), StartOptions.here().onBegin((runId) -> {
			throw new AssertionError("never");
		}))) {
			StartedRun run = this.scope.call(() -> this.registry.start("value", Map.of("text", "a"), options));
			assertThat(run.response().toCompletableFuture().get().contentAsString()).isEqualTo("aa");
		}
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status).containsOnly(RunStatus.COMPLETED);
	}

	@Test
	void runWhoseFirstEventFailsForGoodIsRecordedAndToldToTheOtherListeners() {
		Error failure = new AssertionError("a listener that cannot be");
		List<String> heard = new ArrayList<>();
		WorkflowRegistry own = listenedTo((run, event) -> {
			if (event instanceof RunResponseEvent.WorkflowStarted) {
				throw failure;
			}
		}, (run, event) -> heard.add(event.event()));
		StartedRun run = this.scope.call(() -> own.start("value", Map.of("text", "a"), StartOptions.here()));
		assertThat(run.begun().toCompletableFuture()).isCompletedWithValue(this.recorded.onlyRun("s").runId());
		assertThatThrownBy(() -> run.response().toCompletableFuture().get()).cause().isSameAs(failure);
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
		assertThat(heard).containsExactly("WorkflowStarted", "WorkflowError");
	}

	@Test
	void runThatWaitsForItsTurnHasItsId() throws Exception {
		List<String> told = new CopyOnWriteArrayList<>();
		CompletableFuture<String> end = new CompletableFuture<>();
		try (WorkflowRunner runner = this.recorded.runner(this.recorded.repository)
			.concurrency(SessionConcurrency.WAIT, Duration.ofSeconds(60))
			.build()) {
			WorkflowRegistry own = registry("held", Workflows.proxy(new Held(end), runner));
			StartedRun first = this.scope.call(() -> own.start("held", Map.of("text", "first"), StartOptions.here()));
			StartedRun run = this.scope.call(() -> own.start("held", Map.of("text", "second"),
					StartOptions.on((task) -> new Thread(task, "waits").start()).onBegin(told::add)));
			String runId = run.begun().toCompletableFuture().get(30, TimeUnit.SECONDS);
			assertThat(told).containsExactly(runId);
			assertThat(this.recorded.events).noneMatch((event) -> runId.equals(event.header().runId()));
			assertThat(run.response().toCompletableFuture()).isNotDone();
			end.complete("over");
			assertThat(first.response().toCompletableFuture().get(30, TimeUnit.SECONDS).content()).isEqualTo("over");
			assertThat(run.response().toCompletableFuture().get(30, TimeUnit.SECONDS).runId()).isEqualTo(runId);
			assertThat(told).hasSize(1);
		}
	}

	private WorkflowRegistry listenedTo(RunEventListener... listeners) {
		return registry("value", Workflows.proxy(new Value(),
				this.recorded.runner(this.recorded.repository).listeners(List.of(listeners)).build()));
	}

	private static WorkflowRegistry registry(String beanName, Workflow workflow) {
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register(beanName, workflow);
		return new DefaultWorkflowRegistry(workflows);
	}

	@Test
	void sameKeyBeginsOneRun() throws Exception {
		StartOptions options = StartOptions.here().idempotent("k", "request");
		StartedRun first = this.scope.call(() -> this.registry.start("value", Map.of("text", "a"), options));
		StartedRun again = this.scope.call(() -> this.registry.start("value", Map.of("text", "a"), options));
		String runId = first.begun().toCompletableFuture().get();
		assertThat(failure(again)).isInstanceOfSatisfying(IdempotencyKeyUsedException.class, (used) -> {
			assertThat(used.runId()).isEqualTo(runId);
			assertThat(used.sameRequest()).isTrue();
		});
		StartedRun other = this.scope.call(
				() -> this.registry.start("value", Map.of("text", "b"), StartOptions.here().idempotent("k", "other")));
		assertThat(failure(other)).isInstanceOfSatisfying(IdempotencyKeyUsedException.class,
				(used) -> assertThat(used.sameRequest()).isFalse());
		assertThat(this.recorded.runs("s")).hasSize(1);
	}

	@Test
	void runsWithinTheRunAreNotTheOneThatWasStarted() throws Exception {
		StartedRun run = this.scope
			.call(() -> this.registry.start("nested", Map.of("depth", 1), StartOptions.here().idempotent("k", "r")));
		RunResponse response = run.response().toCompletableFuture().get();
		assertThat(response.sessionId()).isEqualTo("s");
		assertThat(this.recorded.onlyRun("s").runId()).isEqualTo(run.begun().toCompletableFuture().get());
		assertThat(this.recorded.onlyRun("s:value").parentRunId()).isEqualTo(response.runId());
	}

	private static Throwable failure(StartedRun run) {
		try {
			run.begun().toCompletableFuture().get();
			return new AssertionError("it has begun");
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Value extends Workflow {

		String run(String text) {
			return text + text;
		}

	}

	static class Held extends Workflow {

		private final CompletableFuture<String> end;

		Held(CompletableFuture<String> end) {
			this.end = end;
		}

		CompletableFuture<String> run(String text) {
			return text.equals("first") ? this.end : CompletableFuture.completedFuture(text);
		}

	}

	static class Response extends Workflow {

		RunResponse run(String text) {
			return RunResponse.of(text + text);
		}

	}

	static class Streamed extends Workflow {

		Stream<String> run(String text) {
			return Stream.of(text, text);
		}

	}

	static class Iterated extends Workflow {

		Iterator<String> run(String text) {
			return List.of(text, text).iterator();
		}

	}

	static class Eventful extends Workflow {

		Iterable<RunResponseEvent> run(String text) {
			List<RunResponseEvent> events = new ArrayList<>();
			events.add(new RunResponseContent(EventHeader.NONE, text, "str", null));
			events.add(new RunResponseContent(EventHeader.NONE, text, "str", null));
			return events;
		}

	}

	static class Flowing extends Workflow {

		Flux<String> run(String text) {
			return Flux.just(text, text);
		}

	}

	static class Single extends Workflow {

		Mono<String> run(String text) {
			return Mono.just(text + text);
		}

	}

	static class Future extends Workflow {

		CompletableFuture<String> run(String text) {
			return CompletableFuture.supplyAsync(() -> text + text);
		}

	}

	static class Nothing extends Workflow {

		void run() {
		}

	}

	static class Failing extends Workflow {

		static final IllegalStateException FAILURE = new IllegalStateException("broken");

		String run() {
			throw FAILURE;
		}

	}

	static class FailingFlow extends Workflow {

		Flux<String> run() {
			return Flux.concat(Flux.just("a"), Flux.error(Failing.FAILURE));
		}

	}

	static class Nested extends Workflow {

		private final Value child;

		Nested(Value child) {
			this.child = child;
		}

		String run(int depth) {
			return this.child.run("deep " + depth);
		}

	}

}
