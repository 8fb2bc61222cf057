package buddy.workflow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.run.RunContext;
import buddy.run.RunFencedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Runs of every return type are continued, as runs of their own and as nested ones.
 */
class ContinuedShapeTests {

	static final List<Shape> SHAPES = List.of(new Shape("RunResponse", Responses::new, (workflow) -> workflow.run()),
			new Shape("String", Values::new, (workflow) -> workflow.run()),
			new Shape("CompletionStage", Stages::new, Shape::joined),
			new Shape("Mono", Monos::new, (workflow) -> ((Mono<?>) workflow.run()).block()),
			new Shape("Single", Singles::new, (workflow) -> ((Single<?>) workflow.run()).blockingGet()),
			new Shape("Flux", Fluxes::new, (workflow) -> text(((Flux<?>) workflow.run()).collectList().block())),
			new Shape("Flux of events", EventFluxes::new,
					(workflow) -> text(((Flux<?>) workflow.run()).collectList().block())),
			new Shape("Publisher", Publishers::new,
					(workflow) -> text(Flux.from((Publisher<?>) workflow.run()).collectList().block())),
			new Shape("Flowable", Flowables::new,
					(workflow) -> text(((Flowable<?>) workflow.run()).toList().blockingGet())),
			new Shape("Iterator", Iterators::new, (workflow) -> {
				List<Object> items = new ArrayList<>();
				((Iterator<?>) workflow.run()).forEachRemaining(items::add);
				return text(items);
			}),
			new Shape("Stream of events", EventStreams::new, (workflow) -> text(((Stream<?>) workflow.run()).toList())),
			new Shape("array of events", EventArrays::new, (workflow) -> text(List.of((Object[]) workflow.run()))));

	private final Durable durable = new Durable();

	@ParameterizedTest
	@FieldSource("SHAPES")
	void runIsContinued(Shape shape) throws Exception {
		Steps bean = this.durable.proxy(shape.workflow().get().in(this.durable));
		String runId = this.durable.dyingAfter("a").interrupted(() -> fenced(() -> shape.call().apply(bean)));

		RunResponse response = Durable.ended(this.durable.runs().resume(runId));

		assertThat(response.contentAsString()).isEqualTo("ab");
		assertThat(this.durable.calls).containsExactly("a", "b");
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.COMPLETED);
	}

	@ParameterizedTest
	@FieldSource("SHAPES")
	void mismatchParksTheRun(Shape shape) throws Exception {
		Steps bean = this.durable.proxy(shape.workflow().get().in(this.durable));
		String runId = this.durable.dyingAfter("a").interrupted(() -> fenced(() -> shape.call().apply(bean)));
		Steps renamed = shape.workflow().get().in(this.durable);
		renamed.first = "x";

		assertThatThrownBy(() -> Durable.ended(this.durable.runsOf(renamed).resume(runId)))
			.hasMessageContaining("step 'a' is recorded, and step 'x' was called");

		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.durable.run(runId).error()).contains("step_mismatch");
		assertThat(this.durable.calls).containsExactly("a");
		assertThat(Durable.ended(this.durable.runs().retry(runId)).contentAsString()).isEqualTo("ab");
	}

	@ParameterizedTest
	@FieldSource("SHAPES")
	void nestedRunIsContinuedOrHandedBack(Shape shape) throws Exception {
		Steps child = this.durable.proxy(shape.workflow().get().in(this.durable));
		StepTests.Named parent = this.durable.proxy(new StepTests.Named("parent", (workflow) -> {
			Object inner = shape.call().apply(child);
			return text(List.of(inner)) + workflow.callStep("close", () -> "!");
		}));
		String within = this.durable.dyingAfter("a").interrupted(() -> fenced(parent::run));
		this.durable.dyingAfter("close");
		this.durable.runs().resume(within).response().exceptionally((ex) -> null).toCompletableFuture().join();
		this.durable.markInterrupted();

		assertThat(Durable.ended(this.durable.runs().resume(within)).contentAsString()).isEqualTo("ab!");
		assertThat(this.durable.calls).containsExactly("a", "b");
		assertThat(this.durable.runCount()).isEqualTo(2);
	}

	/**
	 * The exception of a process that died, without what futures and streams wrap it in.
	 */
	private static Object fenced(Supplier<?> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
				if (cause instanceof RunFencedException fenced) {
					throw fenced;
				}
			}
			throw ex;
		}
	}

	private static String text(List<?> items) {
		StringBuilder text = new StringBuilder();
		for (Object item : items) {
			if (item instanceof RunResponseEvent.RunResponseContent piece) {
				text.append(piece.content());
			}
			else if (item instanceof RunResponse response) {
				text.append(response.contentAsString());
			}
			else if (!(item instanceof RunResponseEvent)) {
				text.append(item);
			}
		}
		return text.toString();
	}

	/**
	 * A return type.
	 *
	 * @param name its name
	 * @param workflow makes a workflow that returns it
	 * @param call calls the workflow, and takes its result to the end
	 */
	record Shape(String name, Supplier<Steps> workflow, Function<Steps, Object> call) {

		static Object joined(Steps workflow) {
			try {
				return ((CompletionStage<?>) workflow.run()).toCompletableFuture().join();
			}
			catch (CompletionException ex) {
				throw (RuntimeException) ex.getCause();
			}
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	abstract static class Steps extends Workflow {

		String first = "a";

		private Durable durable;

		Steps in(Durable durable) {
			this.durable = durable;
			return this;
		}

		public abstract Object run();

		String one() {
			return step(this.first, () -> call(this.first));
		}

		String two() {
			return step("b", () -> call("b"));
		}

		private String call(String what) {
			this.durable.calls.add(what);
			return what;
		}

		Stream<RunResponseEvent> events() {
			return Stream.<Supplier<String>>of(this::one, this::two)
				.map((item) -> RunResponseEvent.content(item.get()));
		}

	}

	static class Responses extends Steps {

		@Override
		public RunResponse run() {
			return RunResponse.of(one() + two());
		}

	}

	static class Values extends Steps {

		@Override
		public String run() {
			return one() + two();
		}

	}

	static class Stages extends Steps {

		@Override
		public CompletionStage<String> run() {
			return CompletableFuture.supplyAsync(() -> one() + two(), RunContext.wrap(ForkJoinPool.commonPool()));
		}

	}

	static class Monos extends Steps {

		@Override
		public Mono<String> run() {
			return Mono.fromSupplier(() -> one() + two());
		}

	}

	static class Singles extends Steps {

		@Override
		public Single<String> run() {
			return Single.fromSupplier(() -> one() + two());
		}

	}

	static class Fluxes extends Steps {

		@Override
		public Flux<String> run() {
			return Flux.<Supplier<String>>just(this::one, this::two).map(Supplier::get);
		}

	}

	static class EventFluxes extends Steps {

		@Override
		public Flux<RunResponseEvent> run() {
			return Flux.fromStream(this::events);
		}

	}

	static class Publishers extends Steps {

		@Override
		public Publisher<String> run() {
			return Flux.<Supplier<String>>just(this::one, this::two).map(Supplier::get);
		}

	}

	static class Flowables extends Steps {

		@Override
		public Flowable<String> run() {
			return Flowable.<Supplier<String>>just(this::one, this::two).map(Supplier::get);
		}

	}

	static class Iterators extends Steps {

		@Override
		public Iterator<String> run() {
			return Stream.<Supplier<String>>of(this::one, this::two).map(Supplier::get).iterator();
		}

	}

	static class EventStreams extends Steps {

		@Override
		public Stream<RunResponseEvent> run() {
			return events();
		}

	}

	static class EventArrays extends Steps {

		@Override
		public RunResponseEvent[] run() {
			return events().toArray(RunResponseEvent[]::new);
		}

	}

}
