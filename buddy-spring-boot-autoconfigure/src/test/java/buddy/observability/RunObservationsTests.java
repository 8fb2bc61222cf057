package buddy.observability;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.ObservationContextAssert;
import io.micrometer.observation.tck.TestObservationRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.session.RunPage;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import static buddy.observability.Observed.key;
import static buddy.observability.Observed.name;
import static buddy.observability.Observed.parent;

/**
 * The observation of a run, and where it is the current one.
 */
@Timeout(60)
class RunObservationsTests {

	private final Observed observed = new Observed();

	private final TestObservationRegistry registry = this.observed.registry;

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = runner(null, false);

	private final ExecutorService pool = Executors.newFixedThreadPool(2);

	@AfterEach
	void nothingIsLeftOnThisThread() {
		Hooks.disableAutomaticContextPropagation();
		this.pool.shutdownNow();
		this.runner.close();
		assertThat(this.registry.getCurrentObservation()).isNull();
		assertThat(this.registry.getCurrentObservationScope()).isNull();
		assertThat(RunContextHolder.current()).isNull();
	}

	// keys

	@Test
	void completedRunIsObservedWithItsKeys() {
		value().run("s1", "fusion", () -> RunContext.current().runId());

		observation().hasNameEqualTo("buddy.run")
			.hasContextualNameEqualTo("invoke_workflow value")
			.doesNotHaveError()
			.hasLowCardinalityKeyValue("buddy.workflow.id", "value")
			.hasLowCardinalityKeyValue("buddy.run.status", "completed")
			.hasLowCardinalityKeyValue("buddy.run.cause", "none")
			.hasLowCardinalityKeyValue("error.type", "none")
			.hasHighCardinalityKeyValue("gen_ai.operation.name", "invoke_workflow")
			.hasHighCardinalityKeyValue("gen_ai.workflow.name", "value")
			.hasHighCardinalityKeyValue("gen_ai.conversation.id", "s1")
			.hasHighCardinalityKeyValue("buddy.run.id", onlyRunId("s1"))
			.doesNotHaveHighCardinalityKeyValueWithKey("buddy.run.parent_id")
			.doesNotHaveHighCardinalityKeyValueWithKey("buddy.run.input")
			.doesNotHaveHighCardinalityKeyValueWithKey("buddy.run.output");
	}

	@Test
	void keysAreThoseOfTheDocumentation() {
		value().run("s1", "fusion", () -> "done");

		observation().hasOnlyKeys(Stream
			.concat(Stream.of(BuddyObservation.RUN.getLowCardinalityKeyNames()),
					Stream.of(BuddyObservation.RunHighCardinalityKey.OPERATION_NAME,
							BuddyObservation.RunHighCardinalityKey.WORKFLOW_NAME,
							BuddyObservation.RunHighCardinalityKey.CONVERSATION_ID,
							BuddyObservation.RunHighCardinalityKey.RUN_ID))
			.map((key) -> key.asString())
			.toArray(String[]::new));
	}

	@Test
	void failedRunTellsItsException() {
		IllegalStateException failure = new IllegalStateException("the body failed");
		assertThat(catchThrowable(() -> value().run("s1", "fusion", () -> {
			throw failure;
		}))).isSameAs(failure);

		observation().hasError(failure)
			.hasLowCardinalityKeyValue("buddy.run.status", "error")
			.hasLowCardinalityKeyValue("buddy.run.cause", "none")
			.hasLowCardinalityKeyValue("error.type", IllegalStateException.class.getName());
	}

	@Test
	void cancelledRunTellsCauseAndReasonAndIsNoError() {
		assertThatThrownBy(() -> value().run("s1", "fusion", () -> {
			CancellationSource.of(RunContext.current().cancellation()).cancel("the user left");
			return "late";
		})).hasMessageContaining("the user left");

		observation().doesNotHaveError()
			.hasLowCardinalityKeyValue("buddy.run.status", "cancelled")
			.hasLowCardinalityKeyValue("buddy.run.cause", "cancelled")
			.hasLowCardinalityKeyValue("error.type", "none")
			.hasHighCardinalityKeyValue("buddy.run.cancel_reason", "the user left");
	}

	@Test
	void refusedRunIsObservedOnce() {
		WorkflowScope reject = WorkflowScope.empty().concurrency(SessionConcurrency.REJECT);
		List<Throwable> refused = new ArrayList<>();
		reject.run(() -> value().run("s1", "first", () -> {
			CompletableFuture
				.runAsync(() -> refused
					.add(catchThrowable(() -> reject.run(() -> value().run("s1", "second", () -> "never")))))
				.join();
			return "first";
		}));

		assertThat(refused).singleElement().isInstanceOf(SessionBusyException.class);
		assertThat(ended()).extracting((context) -> key(context, "buddy.run.status"))
			.containsExactly("refused", "completed");
		assertThat(ended().get(0).getError()).isInstanceOf(SessionBusyException.class);
		assertThat(key(ended().get(0), "error.type")).isEqualTo(SessionBusyException.class.getName());
	}

	@Test
	void contentIsToldOnlyWhereItIsIncluded() {
		WorkflowRunner telling = runner(null, true);
		Workflows.proxy(new Shapes.Value(), telling).run("s1", "fusion", () -> "x".repeat(9_000));

		assertThat(key(ended().get(0), "buddy.run.input")).startsWith("{\"topic\":\"fusion\"");
		assertThat(key(ended().get(0), "buddy.run.output")).hasSizeLessThan(8_100).endsWith("(1000 more)");
	}

	@Test
	void conventionOfTheApplicationNamesTheObservation() {
		RunObservationConvention own = new DefaultRunObservationConvention() {
			@Override
			public String getName() {
				return "my.runs";
			}
		};
		Workflows.proxy(new Shapes.Value(), runner(own, false)).run("s1", "fusion", () -> "done");

		observation().hasNameEqualTo("my.runs");
	}

	// where it is current

	@Test
	void bodySeesItAndTheCallerAsBefore() {
		Observation request = Observation.start("request", this.registry);
		List<Observation> seen = new ArrayList<>();
		try (Observation.Scope scope = request.openScope()) {
			value().run("s1", "fusion", () -> seen.add(current()));
			assertThat(current()).isSameAs(request);
		}
		request.stop();

		assertThat(name(seen.get(0))).isEqualTo("buddy.run");
		assertThat(parent(seen.get(0))).isSameAs(request);
	}

	@Test
	void nestedRunIsAChildAndTheOuterIsCurrentAgain() {
		List<Observation> outer = new ArrayList<>();
		List<Observation> inner = new ArrayList<>();
		Shapes.Value within = Workflows.proxy(new Shapes.Value("within"), this.runner);
		value().run("s1", "fusion", () -> {
			outer.add(current());
			within.run("s2", "inner", () -> inner.add(current()));
			return outer.add(current());
		});

		assertThat(outer.get(1)).isSameAs(outer.get(0));
		assertThat(parent(inner.get(0))).isSameAs(outer.get(0));
		assertThat(key(inner.get(0).getContextView(), "buddy.run.parent_id"))
			.isEqualTo(key(outer.get(0).getContextView(), "buddy.run.id"));
	}

	@Test
	void branchesOnOtherThreadsAreChildrenOfWhatIsCurrentWhereTheyBranchOff() {
		Shapes.Branches branches = Workflows.proxy(new Shapes.Branches(), this.runner);
		List<Observation> seen = new CopyOnWriteArrayList<>();
		branches.run("s1", IntStream.range(0, 8).boxed().toList(), (item) -> {
			seen.add(current());
			return "done";
		});
		assertThat(seen).hasSize(8).allMatch((one) -> one == seen.get(0));
		assertThat(name(seen.get(0))).isEqualTo("buddy.run");
	}

	@Test
	void tasksOfAWrappedExecutorSeeTheUsersObservationWithinTheRun() {
		Shapes.Stage stage = Workflows.proxy(new Shapes.Stage(), this.runner);
		List<Observation> users = new ArrayList<>();
		Object seen = stage.arun("s1", () -> {
			Observation own = Observation.start("own", this.registry);
			users.add(own);
			try (Observation.Scope scope = own.openScope()) {
				return CompletableFuture.supplyAsync(this::current, RunContext.wrap(this.pool));
			}
			finally {
				own.stop();
			}
		}).join();

		assertThat(seen).isSameAs(users.get(0));
		assertThat(name(parent(users.get(0)))).isEqualTo("buddy.run");
		assertThat(onPool()).isNull();
	}

	@Test
	void everyPullSeesItAndWhatPullsDoesNot() {
		Shapes.Pulled pulled = Workflows.proxy(new Shapes.Pulled(), this.runner);
		List<Observation> inside = new ArrayList<>();
		List<Observation> outside = new ArrayList<>();
		Observation request = Observation.start("request", this.registry);
		Stream<String> items;
		try (Observation.Scope scope = request.openScope()) {
			items = pulled.run("s1", () -> Stream.of("a", "b").peek((item) -> inside.add(current())));
		}
		items.forEach((item) -> outside.add(current()));
		request.stop();

		assertThat(inside).hasSize(2).allMatch((one) -> name(one).equals("buddy.run"));
		assertThat(parent(inside.get(0))).as("where run() was called").isSameAs(request);
		assertThat(outside).containsOnlyNulls();
	}

	@Test
	void reactiveBodySeesItOnItsThreadsAndTheSubscriberDoesNot() {
		Shapes.Items flux = Workflows.proxy(new Shapes.Items(), this.runner);
		List<Observation> inside = new CopyOnWriteArrayList<>();
		List<String> outside = new CopyOnWriteArrayList<>();
		Observation request = Observation.start("request", this.registry);
		flux.run("s1", () -> {
			inside.add(current());
			return Flux.just("a", "b").doOnNext((item) -> inside.add(current()));
		})
			.doOnNext((item) -> outside.add(name(current())))
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, request))
			.blockLast();
		request.stop();

		assertThat(inside).hasSize(3).allMatch((one) -> one == inside.get(0));
		assertThat(parent(inside.get(0))).as("of the subscriber's context").isSameAs(request);
		assertThat(outside).containsOnly("request");
	}

	@Test
	void automaticPropagationShowsItToOperatorsOnOtherThreads() {
		Hooks.enableAutomaticContextPropagation();
		Shapes.Items flux = Workflows.proxy(new Shapes.Items(), this.runner);
		List<Observation> inside = new CopyOnWriteArrayList<>();
		List<String> outside = new CopyOnWriteArrayList<>();
		flux.run("s1",
				() -> Flux.just("a", "b").publishOn(Schedulers.parallel()).doOnNext((item) -> inside.add(current())))
			.publishOn(Schedulers.single())
			.doOnNext((item) -> outside.add(name(current())))
			.blockLast();

		assertThat(inside).hasSize(2).allMatch((one) -> name(one).equals("buddy.run"));
		assertThat(outside).containsOnly("nothing");
	}

	@Test
	void monoOfARunWithinARunIsItsChild() {
		Shapes.Single mono = Workflows.proxy(new Shapes.Single(), this.runner);
		List<Observation> seen = new CopyOnWriteArrayList<>();
		value().run("s1", "fusion", () -> {
			seen.add(current());
			return mono.run("s2", () -> Mono.fromCallable(() -> String.valueOf(seen.add(current())))).block();
		});

		assertThat(seen).hasSize(2);
		assertThat(parent(seen.get(1))).isSameAs(seen.get(0));
	}

	@Test
	void everyObservationIsStartedAndStoppedOnceWithAllScopesClosed() {
		List<Supplier<@Nullable Object>> bodies = List.of(() -> "done", () -> {
			throw new IllegalArgumentException("failed");
		}, () -> {
			CancellationSource.of(RunContext.current().cancellation()).cancel("stopped");
			return null;
		});
		for (int i = 0; i < bodies.size(); i++) {
			Supplier<@Nullable Object> body = bodies.get(i);
			String session = "s" + i;
			catchThrowable(() -> value().run(session, "fusion", body::get));
		}

		assertThat(ended()).hasSize(3);
	}

	@Test
	void interceptorThatThrowsEndsNothing() {
		WorkflowRunner faulty = WorkflowRunner.over(() -> this.store).interceptors(List.of((run) -> {
			throw new IllegalStateException("the interceptor failed");
		}, new RunObservations(this.registry, null, null, false))).build();

		assertThat(Workflows.proxy(new Shapes.Value(), faulty).run("s1", "fusion", () -> "done")).isEqualTo("done");
		observation().hasNameEqualTo("buddy.run");
	}

	@Test
	void registryWithoutHandlersObservesNothing() {
		RunObservations observations = new RunObservations(ObservationRegistry.create(), null, null, false);
		WorkflowRunner quiet = WorkflowRunner.over(() -> this.store).interceptors(List.of(observations)).build();

		Object seen = Workflows.proxy(new Shapes.Value(), quiet)
			.run("s1", "fusion", () -> String.valueOf(RunContext.current().interception()));
		assertThat(seen).isEqualTo("null");
	}

	@Test
	void waitingRunIsListedAsWaiting() throws Exception {
		WorkflowRuns runs = new DefaultWorkflowRuns(this.store, null, RunnerLiveRuns.of(this.runner), () -> null,
				Clock.systemUTC(), null);
		List<String> live = new ArrayList<>();
		WorkflowScope wait = WorkflowScope.empty().concurrency(SessionConcurrency.WAIT);
		List<CompletableFuture<Object>> second = new ArrayList<>();
		wait.run(() -> value().run("s1", "first", () -> {
			second.add(CompletableFuture.supplyAsync(() -> wait.call(() -> value().run("s1", "second", () -> "second")),
					this.pool));
			Awaitility.await()
				.until(() -> runs.ofThisNode().size() == 2 && runs.ofThisNode().get(1).status() == RunStatus.PENDING);
			runs.ofThisNode().forEach((run) -> live.add(run.status() + " " + run.input()));
			return "first";
		}));
		assertThat(second.get(0).get()).isEqualTo("second");
		assertThat(live.get(0)).startsWith("RUNNING {\"topic\":\"first\"");
		assertThat(live.get(1)).startsWith("PENDING {\"topic\":\"second\"");
		assertThat(runs.ofThisNode()).isEmpty();
	}

	private WorkflowRunner runner(@Nullable RunObservationConvention convention, boolean includeContent) {
		return WorkflowRunner.over(() -> this.store)
			.interceptors(List.of(new RunObservations(this.registry, convention, null, includeContent)))
			.build();
	}

	private Shapes.Value value() {
		return Workflows.proxy(new Shapes.Value(), this.runner);
	}

	private ObservationContextAssert<?> observation() {
		assertThat(this.observed.ended).hasSize(1);
		return ObservationContextAssert.assertThat(this.observed.ended.get(0));
	}

	private List<Observation.Context> ended() {
		return this.observed.ended;
	}

	private @Nullable Observation current() {
		return this.observed.current();
	}

	private @Nullable Observation onPool() {
		return CompletableFuture.supplyAsync(this::current, this.pool).join();
	}

	private String onlyRunId(String session) {
		return this.store.runs(session, RunPage.first(2)).get(0).runId();
	}

}
