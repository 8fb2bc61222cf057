package buddy.workflow;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.util.ReflectionUtils;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.durable.StepStatus;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.StoredRun;
import buddy.test.ScriptedAgents;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every shape of result meets every place of a pause: the caller learns of the pause,
 * nothing has failed, and the run goes on with each step called once.
 */
@Timeout(60)
class PauseContractTests {

	private static final Set<Place> STARTED = Set.of(Place.BODY, Place.BRANCH, Place.TOOL, Place.NESTED);

	private final Durable durable = new Durable();

	private final ScriptedAgents agents = new ScriptedAgents(this.durable.clock);

	private PauseShape shape;

	record Cell(String shape, Place place, boolean started) {

		@Override
		public String toString() {
			return this.shape + ", " + this.place + (this.started ? ", started" : "");
		}

	}

	/** What came of a future. */
	record FutureOutcome(Object outcome) {
	}

	/** Where the run comes to wait. */
	enum Place {

		BODY, SLEEP, BRANCH, BRANCHES_AT_ONCE, BRANCH_WITHIN_A_BRANCH, TOOL, SECOND_TOOL, NESTED, NESTED_IN_A_BRANCH,
		NESTED_TWICE, CAUGHT_AND_WRAPPED, CAUGHT_AND_REPLACED, CAUGHT_IN_A_BRANCH, CAUGHT_AND_GONE_ON;

		int pauses() {
			return (this == SECOND_TOOL) ? 2 : 1;
		}

	}

	static Stream<Cell> cells() {
		List<String> shapes = List.of("RunResponse", "any value", "void", "arun", "CompletableFuture",
				"CompletableFuture of a thread", "Stream", "Iterator", "Stream of events", "Flux", "Flux that swallows",
				"Flux of events", "Mono", "Mono of a RunResponse");
		return shapes.stream()
			.flatMap((shape) -> Stream.of(Place.values())
				.flatMap((place) -> Stream.of(true, false)
					.filter((started) -> !started || STARTED.contains(place))
					.map((started) -> new Cell(shape, place, started))));
	}

	@ParameterizedTest
	@MethodSource("cells")
	void runPausesAndGoesOn(Cell cell) throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("ask", Map.of("n", 1));
		if (cell.place() == Place.SECOND_TOOL) {
			this.agents.agent("w").callsTool("ask", Map.of("n", 2));
		}
		this.agents.agent("w").replies("A");
		Nested nested = this.durable.proxy(new Nested());
		Around around = this.durable.proxy(new Around(nested));
		this.shape = PauseShape.of(cell.shape(), place(cell.place(), worker, nested, around));
		PauseShape bean = this.durable.proxy(this.shape);

		if (cell.started()) {
			RunResponse response = new DefaultWorkflowRegistry(this.durable.workflows())
				.start("shape", Map.of(), StartOptions.on(Runnable::run))
				.response()
				.toCompletableFuture()
				.get(20, TimeUnit.SECONDS);
			assertThat(response.status()).isEqualTo(RunStatus.PAUSED);
			assertThat(response.waitsFor()).isNotEmpty();
		}
		else {
			Object got = call(bean);
			assertThat(got instanceof FutureOutcome).isEqualTo(cell.shape().startsWith("CompletableFuture"));
			assertCallerLearns(cell.shape(), (got instanceof FutureOutcome outcome) ? outcome.outcome() : got);
		}
		String runId = this.durable.root().runId();
		for (int pause = 0; pause < cell.place().pauses(); pause++) {
			assertPaused(pause);
			goOn();
		}
		assertThat(this.durable.run(runId).error()).isNull();
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.COMPLETED);
		assertCompleted(cell, runId);
	}

	private Function<PauseShape, String> place(Place place, Agent worker, Nested nested, Around around) {
		return (workflow) -> {
			String before = workflow.once("before", () -> called("b"));
			String asked = switch (place) {
				case BODY -> workflow.ask("q");
				case SLEEP -> {
					workflow.rest("q", Duration.ofHours(1));
					yield "A";
				}
				case BRANCH ->
					workflow.each("branch", List.of(1, 2), (item) -> (item == 1) ? workflow.ask("q") : "").get(0);
				case BRANCHES_AT_ONCE -> workflow.each("branch", List.of(1, 2, 3), (item) -> workflow.ask("q")).get(2);
				case BRANCH_WITHIN_A_BRANCH -> workflow.each("outer", List.of(1, 2), (outer) -> (outer == 2)
						? workflow.each("inner", List.of(1, 2), (item) -> (item == 1) ? workflow.ask("q") : "").get(0)
						: "")
					.get(1);
				case TOOL, SECOND_TOOL -> worker.run("ask").contentAsString();
				case NESTED -> nested.run().contentAsString();
				case NESTED_IN_A_BRANCH ->
					workflow.each("branch", List.of(1, 2), (item) -> (item == 1) ? nested.run().contentAsString() : "")
						.get(0);
				case NESTED_TWICE -> around.run();
				case CAUGHT_AND_WRAPPED -> {
					try {
						yield workflow.ask("q");
					}
					catch (Throwable ex) {
						throw new IllegalStateException("wrapped", ex);
					}
				}
				case CAUGHT_AND_REPLACED -> {
					try {
						yield workflow.ask("q");
					}
					catch (Throwable ex) {
						throw new IllegalArgumentException("replaced");
					}
				}
				case CAUGHT_AND_GONE_ON -> {
					try {
						yield workflow.ask("q");
					}
					catch (Throwable ex) {
						yield "swallowed";
					}
				}
				case CAUGHT_IN_A_BRANCH -> workflow.each("branch", List.of(1, 2), (item) -> {
					try {
						return (item == 1) ? workflow.ask("q") : "";
					}
					catch (Throwable ex) {
						throw new IllegalArgumentException("replaced");
					}
				}).get(0);
			};
			return before + asked + workflow.once("after", () -> called("a"));
		};
	}

	private String called(String what) {
		this.durable.calls.add(what);
		return what;
	}

	private static Object call(PauseShape bean) throws Exception {
		String name = (bean instanceof PauseShape.Later) ? "arun" : "run";
		Method method = ReflectionUtils.findMethod(bean.getClass(), name);
		ReflectionUtils.makeAccessible(method);
		List<Object> items = new ArrayList<>();
		try {
			Object result = ReflectionUtils.invokeMethod(method, bean);
			if (result instanceof CompletableFuture<?> future) {
				return new FutureOutcome(future.get(20, TimeUnit.SECONDS));
			}
			if (result instanceof Stream<?> stream) {
				stream.forEach(items::add);
				return items;
			}
			if (result instanceof Iterator<?> iterator) {
				iterator.forEachRemaining(items::add);
				return items;
			}
			if (result instanceof Publisher<?> publisher) {
				Flux.from(publisher).doOnNext(items::add).blockLast(Duration.ofSeconds(20));
				return items;
			}
			return (result != null) ? result : "nothing";
		}
		catch (ExecutionException ex) {
			return new FutureOutcome(ex.getCause());
		}
		catch (Throwable ex) {
			return ex;
		}
	}

	private static void assertCallerLearns(String shape, Object got) {
		if (shape.endsWith("of events")) {
			assertThat(got).isInstanceOf(List.class);
			List<RunResponseEvent> events = ((List<?>) got).stream().map(RunResponseEvent.class::cast).toList();
			assertThat(events).last().satisfies((last) -> assertThat(last.event()).isEqualTo("RunPaused"));
			assertThat(events).extracting(RunResponseEvent::event)
				.startsWith("WorkflowStarted")
				.doesNotContain("WorkflowError", "WorkflowCompleted", "WorkflowCancelled");
		}
		else if (shape.equals("RunResponse") || shape.equals("arun")) {
			assertThat(got).isInstanceOf(RunResponse.class);
			assertThat(((RunResponse) got).status()).isEqualTo(RunStatus.PAUSED);
			assertThat(((RunResponse) got).waitsFor()).isNotEmpty();
		}
		else {
			assertThat(got).isInstanceOf(RunPausedException.class);
			assertThat(((RunPausedException) got).waitsFor()).isNotEmpty();
		}
	}

	private void assertPaused(int earlier) {
		assertThat(runs()).extracting(StoredRun::status).containsOnly(RunStatus.PAUSED);
		assertThat(runs()).extracting(StoredRun::error).containsOnlyNulls();
		assertThat(runs()).extracting(StoredRun::endedAt).containsOnlyNulls();
		for (StoredRun run : runs()) {
			assertThat(this.durable.steps(run.runId())).extracting((step) -> step.head().status())
				.doesNotContain(StepStatus.FAILED);
			List<RunWait> waits = this.durable.runs().waitsOf(run.runId());
			assertThat(waits).extracting(RunWait::runId).isSubsetOf(runs().stream().map(StoredRun::runId).toList());
		}
		assertThat(this.durable.calls).doesNotContain("a");
		assertThat(this.durable.events).extracting(RunResponseEvent::event)
			.doesNotContain("WorkflowError", "WorkflowCompleted", "WorkflowCancelled", "StepError");
		// the event follows the record of the pause
		await().until(() -> this.durable.events.stream().filter((event) -> event.event().equals("RunPaused")).count(),
				(count) -> count == runs().size() * (earlier + 1));
	}

	private List<StoredRun> runs() {
		return this.durable.repository.listRuns(RunQuery.all(), RunPage.first(10))
			.stream()
			.map((run) -> this.durable.run(run.runId()))
			.toList();
	}

	private void goOn() {
		StoredRun root = this.durable.root();
		this.durable.clock.advance(Duration.ofHours(1));
		this.durable.runner.continueDue(this.durable.workflows());
		List<Question> open = this.durable.runs()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
		open.forEach((question) -> this.durable.runs().answer(question.runId(), question.question(), "A"));
		await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(20)).until(() -> {
			this.durable.runner.continueDue(this.durable.workflows());
			StoredRun now = this.durable.run(root.runId());
			return now.status().isTerminal() || now.status() == RunStatus.PAUSED && now.epoch() > root.epoch()
					&& !this.durable.runs().waitsOf(now.runId()).isEmpty()
					&& this.durable.runs()
						.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10)
						.size() > 0;
		});
	}

	private void assertCompleted(Cell cell, String runId) {
		String whole = "b" + ((cell.place() == Place.NESTED_TWICE) ? "A, A" : "A") + "a";
		Object content = this.durable.run(runId).toResponse().content();
		assertThat(content).isEqualTo(cell.shape().equals("void") ? null : whole);
		assertThat(this.durable.calls).containsOnlyOnce("b", "a");
		assertThat(this.durable.calls).doesNotHaveDuplicates();
		assertThat(runs()).extracting(StoredRun::status).containsOnly(RunStatus.COMPLETED);
		if (cell.place() == Place.TOOL || cell.place() == Place.SECOND_TOOL) {
			this.agents.verifyComplete();
		}
		// the last event follows the record of the end
		await()
			.until(() -> this.durable.events.get(this.durable.events.size() - 1).event().equals("WorkflowCompleted"));
		assertThat(this.durable.events).extracting(RunResponseEvent::event)
			.doesNotContain("WorkflowError", "WorkflowCancelled", "StepError");
		assertThat(this.durable.events).filteredOn((event) -> event.event().equals("WorkflowCompleted"))
			.hasSize(runs().size());
	}

	/** A tool that asks a person. */
	class Tools {

		@Tool
		String ask(int n) {
			return PauseContractTests.this.shape.ask("q" + n);
		}

	}

	/** A workflow that others call. */
	class Nested extends Workflow {

		Nested() {
			super(WorkflowSettings.builder().workflowId("nested").build());
		}

		public RunResponse run() {
			step("nested before", () -> called("nested before"));
			String answer = awaitInput("q", String.class);
			step("nested after", () -> called("nested after"));
			return RunResponse.of(answer);
		}

	}

	/** A workflow that others call, which calls another one. */
	class Around extends Workflow {

		private final Nested nested;

		Around(Nested nested) {
			super(WorkflowSettings.builder().workflowId("around").build());
			this.nested = nested;
		}

		public String run() {
			step("around before", () -> called("around before"));
			RunResponse response = this.nested.run();
			return response.contentAsString() + ", " + response.content();
		}

	}

}
