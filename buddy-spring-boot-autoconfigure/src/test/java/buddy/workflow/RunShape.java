package buddy.workflow;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;

import static buddy.workflow.RunShape.Kind.ARRAY;
import static buddy.workflow.RunShape.Kind.PULLED;
import static buddy.workflow.RunShape.Kind.PUSHED;
import static buddy.workflow.RunShape.Kind.SINGLE;
import static buddy.workflow.RunShape.Kind.VALUE;

/**
 * The types that {@code run()} and {@code arun()} may return.
 *
 * @param name the type, for people
 * @param kind how its caller gets items
 * @param workflow makes a workflow that returns it
 */
record RunShape(String name, Kind kind, Class<? extends Workflow> workflow) {

	/** How a caller gets items. */
	enum Kind {

		VALUE, ARRAY, SINGLE, PULLED, PUSHED

	}

	static final List<RunShape> ALL = List.of(new RunShape("RunResponse", VALUE, Responses.class),
			new RunShape("any value", VALUE, Values.class), new RunShape("void", VALUE, Nothing.class),
			new RunShape("CompletionStage", SINGLE, Stages.class),
			new RunShape("CompletableFuture", SINGLE, Futures.class), new RunShape("Mono", SINGLE, Monos.class),
			new RunShape("Mono of a RunResponse", SINGLE, ResponseMonos.class),
			new RunShape("Single", SINGLE, Singles.class), new RunShape("Maybe", SINGLE, Maybes.class),
			new RunShape("Completable", SINGLE, Completables.class), new RunShape("Flux", PUSHED, Fluxes.class),
			new RunShape("Flux of events", PUSHED, EventFluxes.class),
			new RunShape("Publisher", PUSHED, Publishers.class),
			new RunShape("Flow.Publisher", PUSHED, FlowPublishers.class),
			new RunShape("Flowable", PUSHED, Flowables.class), new RunShape("Observable", PUSHED, Observables.class),
			new RunShape("Iterator", PULLED, Iterators.class), new RunShape("Stream", PULLED, Streams.class),
			new RunShape("parallel Stream", PULLED, Streams.class),
			new RunShape("Stream of events", PULLED, EventStreams.class),
			new RunShape("Iterable of events", PULLED, EventIterables.class),
			new RunShape("array of events", ARRAY, EventArrays.class));

	/** Why a run of this shape cannot end so, or null if it can. */
	String whyNot(Ending ending) {
		return switch (ending) {
			case FAILS_AFTER_TWO_ITEMS -> recordsItems() ? null : "what it returns is there as a whole, or not";
			case LEFT_BY_THE_CALLER ->
				(this.kind == VALUE || this.kind == ARRAY) ? "the caller gets nothing before the run has ended" : null;
			case ABANDONED -> (this.kind != PULLED) ? "without its caller the run goes on, and ends" : null;
			default -> null;
		};
	}

	boolean parallel() {
		return this.name.startsWith("parallel");
	}

	/** Whether the caller gets the events of the workflow. */
	boolean tellsLifecycle() {
		return this.name.contains("events");
	}

	/** Whether the items are recorded as they come. */
	boolean recordsItems() {
		return this.kind == PULLED || this.kind == PUSHED;
	}

	/** What is recorded of a run that ends well. */
	String wholeContent() {
		return (this.workflow == Nothing.class || this.workflow == Completables.class) ? null : "ab";
	}

	static class Responses extends Workflow {

		RunResponse run(@SessionId String id, @NotRecorded Script script) {
			return RunResponse.of(script.value());
		}

		RunResponse arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Values extends Workflow {

		String run(@SessionId String id, @NotRecorded Script script) {
			return script.value();
		}

		String arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Nothing extends Workflow {

		void run(@SessionId String id, @NotRecorded Script script) {
			script.value();
		}

		void arun(@SessionId String id, @NotRecorded Script script) {
			run(id, script);
		}

	}

	static class Stages extends Workflow {

		CompletionStage<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.future("ab");
		}

		CompletionStage<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Futures extends Workflow {

		CompletableFuture<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.future("ab");
		}

		CompletableFuture<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Monos extends Workflow {

		Mono<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.mono("ab");
		}

		Mono<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class ResponseMonos extends Workflow {

		Mono<RunResponse> run(@SessionId String id, @NotRecorded Script script) {
			return script.mono(RunResponse.of("ab"));
		}

		Mono<RunResponse> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Singles extends Workflow {

		Single<String> run(@SessionId String id, @NotRecorded Script script) {
			return Single.fromPublisher(script.mono("ab"));
		}

		Single<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Maybes extends Workflow {

		Maybe<String> run(@SessionId String id, @NotRecorded Script script) {
			return Maybe.fromPublisher(script.mono("ab"));
		}

		Maybe<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Completables extends Workflow {

		Completable run(@SessionId String id, @NotRecorded Script script) {
			return Completable.fromPublisher(script.mono("ab"));
		}

		Completable arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Fluxes extends Workflow {

		Flux<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.flux((item) -> item);
		}

		Flux<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class EventFluxes extends Workflow {

		Flux<? extends RunResponseEvent> run(@SessionId String id, @NotRecorded Script script) {
			return script.flux(RunResponseEvent::content);
		}

		Flux<? extends RunResponseEvent> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Publishers extends Workflow {

		Publisher<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.flux((item) -> item);
		}

		Publisher<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class FlowPublishers extends Workflow {

		Flow.Publisher<String> run(@SessionId String id, @NotRecorded Script script) {
			return JdkFlowAdapter.publisherToFlowPublisher(script.flux((item) -> item));
		}

		Flow.Publisher<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Flowables extends Workflow {

		Flowable<String> run(@SessionId String id, @NotRecorded Script script) {
			return Flowable.fromPublisher(script.flux((item) -> item));
		}

		Flowable<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Observables extends Workflow {

		Observable<String> run(@SessionId String id, @NotRecorded Script script) {
			return Observable.fromPublisher(script.flux((item) -> item));
		}

		Observable<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Iterators extends Workflow {

		Iterator<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.items((item) -> item);
		}

		Iterator<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class Streams extends Workflow {

		Stream<String> run(@SessionId String id, @NotRecorded Script script) {
			return script.stream((item) -> item);
		}

		Stream<String> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class EventStreams extends Workflow {

		Stream<? extends RunResponseEvent> run(@SessionId String id, @NotRecorded Script script) {
			return script.stream(RunResponseEvent::content);
		}

		Stream<? extends RunResponseEvent> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class EventIterables extends Workflow {

		Iterable<RunResponseEvent> run(@SessionId String id, @NotRecorded Script script) {
			return () -> script.items(RunResponseEvent::content);
		}

		Iterable<RunResponseEvent> arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

	static class EventArrays extends Workflow {

		RunResponseEvent[] run(@SessionId String id, @NotRecorded Script script) {
			return script.list(RunResponseEvent::content).toArray(RunResponseEvent[]::new);
		}

		RunResponseEvent[] arun(@SessionId String id, @NotRecorded Script script) {
			return run(id, script);
		}

	}

}
