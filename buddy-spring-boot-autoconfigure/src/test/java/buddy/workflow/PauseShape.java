package buddy.workflow;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.durable.QuestionOptions;
import buddy.durable.StepBody;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;

/**
 * A workflow whose {@code run()} returns a type, and whose code pauses at some place.
 */
abstract class PauseShape extends Workflow {

	private final Function<PauseShape, String> place;

	PauseShape(Function<PauseShape, String> place) {
		super(WorkflowSettings.builder().workflowId("shape").build());
		this.place = place;
	}

	String play() {
		return this.place.apply(this);
	}

	String ask(String name) {
		return awaitInput(name, String.class);
	}

	String ask(String name, QuestionOptions options) {
		return awaitInput(name, String.class, options);
	}

	<T> T once(String name, StepBody<T, RuntimeException> body) {
		return step(name, body);
	}

	<T, R> List<R> each(String name, List<T> items, Function<T, R> branch) {
		return parallel(name, items, branch);
	}

	void rest(String name, java.time.Duration time) {
		sleep(name, time);
	}

	private static RunResponseEvent piece(String text) {
		return RunResponseEvent.content(text);
	}

	/** Makes a workflow of a shape. */
	static PauseShape of(String name, Function<PauseShape, String> place) {
		return switch (name) {
			case "RunResponse" -> new Responses(place);
			case "any value" -> new Values(place);
			case "void" -> new Nothing(place);
			case "arun" -> new Later(place);
			case "CompletableFuture" -> new Futures(place, false);
			case "CompletableFuture of a thread" -> new Futures(place, true);
			case "Stream" -> new Streams(place);
			case "Iterator" -> new Iterators(place);
			case "Stream of events" -> new EventStreams(place);
			case "Flux" -> new Fluxes(place, false);
			case "Flux that swallows" -> new Fluxes(place, true);
			case "Flux of events" -> new EventFluxes(place);
			case "Mono" -> new Monos(place);
			case "Mono of a RunResponse" -> new ResponseMonos(place);
			default -> throw new IllegalArgumentException(name);
		};
	}

	static class Responses extends PauseShape {

		Responses(Function<PauseShape, String> place) {
			super(place);
		}

		public RunResponse run() {
			return RunResponse.of(play());
		}

	}

	static class Values extends PauseShape {

		Values(Function<PauseShape, String> place) {
			super(place);
		}

		public String run() {
			return play();
		}

	}

	static class Nothing extends PauseShape {

		Nothing(Function<PauseShape, String> place) {
			super(place);
		}

		public void run() {
			play();
		}

	}

	static class Later extends PauseShape {

		Later(Function<PauseShape, String> place) {
			super(place);
		}

		public RunResponse arun() {
			return RunResponse.of(play());
		}

	}

	static class Futures extends PauseShape {

		private final boolean thread;

		Futures(Function<PauseShape, String> place, boolean thread) {
			super(place);
			this.thread = thread;
		}

		public CompletableFuture<String> run() {
			if (!this.thread) {
				return CompletableFuture.completedFuture(play());
			}
			CompletableFuture<String> future = new CompletableFuture<>();
			new Thread(RunContextHolder.wrap(() -> {
				try {
					future.complete(play());
				}
				catch (Throwable ex) {
					future.completeExceptionally(ex);
				}
			})).start();
			return future.thenApply((text) -> text);
		}

	}

	static class Streams extends PauseShape {

		Streams(Function<PauseShape, String> place) {
			super(place);
		}

		public Stream<String> run() {
			return Stream.of("", "x").map((item) -> item.isEmpty() ? item : play());
		}

	}

	static class Iterators extends PauseShape {

		Iterators(Function<PauseShape, String> place) {
			super(place);
		}

		public Iterator<String> run() {
			return Stream.of("", "x").map((item) -> item.isEmpty() ? item : play()).iterator();
		}

	}

	static class EventStreams extends PauseShape {

		EventStreams(Function<PauseShape, String> place) {
			super(place);
		}

		public Stream<RunResponseEvent> run() {
			return Stream.of("", "x").map((item) -> piece(item.isEmpty() ? item : play()));
		}

	}

	static class Fluxes extends PauseShape {

		private final boolean swallows;

		Fluxes(Function<PauseShape, String> place, boolean swallows) {
			super(place);
			this.swallows = swallows;
		}

		public Flux<String> run() {
			Flux<String> items = Flux.just("", "x").map((item) -> item.isEmpty() ? item : play());
			return this.swallows ? items.onErrorResume((ex) -> Flux.just("swallowed")) : items;
		}

	}

	static class EventFluxes extends PauseShape {

		EventFluxes(Function<PauseShape, String> place) {
			super(place);
		}

		public Flux<RunResponseEvent> run() {
			return Flux.just("", "x").map((item) -> piece(item.isEmpty() ? item : play()));
		}

	}

	static class Monos extends PauseShape {

		Monos(Function<PauseShape, String> place) {
			super(place);
		}

		public Mono<String> run() {
			return Mono.fromCallable(this::play);
		}

	}

	static class ResponseMonos extends PauseShape {

		ResponseMonos(Function<PauseShape, String> place) {
			super(place);
		}

		public Mono<RunResponse> run() {
			return Mono.fromCallable(this::play).map(RunResponse::of);
		}

	}

}
