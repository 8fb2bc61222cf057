package benchmarks.event;

import java.util.function.Supplier;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;

import buddy.run.RunResponseEvent;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.Workflows;

/**
 * The shapes of a streamed run whose own work is next to nothing: its producer, and a
 * workflow that returns what the producer gives.
 */
enum EventShape {

	STREAM_OF_TEXT("Stream of text") {
		@Override
		Supplier<Object> own() {
			return EventShape::texts;
		}

		@Override
		Supplier<Object> recorded(WorkflowSessionRepository store, WorkflowSettings settings) {
			StreamOfText workflow = Workflows.proxy(new StreamOfText(settings), store);
			return workflow::run;
		}
	},

	STREAM_OF_EVENTS("Stream of events") {
		@Override
		Supplier<Object> own() {
			return EventShape::events;
		}

		@Override
		Supplier<Object> recorded(WorkflowSessionRepository store, WorkflowSettings settings) {
			StreamOfEvents workflow = Workflows.proxy(new StreamOfEvents(settings), store);
			return workflow::run;
		}
	},

	FLUX_OF_TEXT("Flux of text") {
		@Override
		Supplier<Object> own() {
			return () -> Flux.fromStream(EventShape::texts);
		}

		@Override
		Supplier<Object> recorded(WorkflowSessionRepository store, WorkflowSettings settings) {
			FluxOfText workflow = Workflows.proxy(new FluxOfText(settings), store);
			return workflow::run;
		}
	},

	FLUX_OF_EVENTS("Flux of events") {
		@Override
		Supplier<Object> own() {
			return () -> Flux.fromStream(EventShape::events);
		}

		@Override
		Supplier<Object> recorded(WorkflowSessionRepository store, WorkflowSettings settings) {
			FluxOfEvents workflow = Workflows.proxy(new FluxOfEvents(settings), store);
			return workflow::run;
		}
	};

	static final int EVENTS = 10_000;

	private final String title;

	EventShape(String title) {
		this.title = title;
	}

	String title() {
		return this.title;
	}

	/** Produces without buddy. */
	abstract Supplier<Object> own();

	/** Produces the same as a run. */
	abstract Supplier<Object> recorded(WorkflowSessionRepository store, WorkflowSettings settings);

	private static Stream<String> texts() {
		return Stream.generate(() -> "word ").limit(EVENTS);
	}

	private static Stream<RunResponseEvent> events() {
		return Stream.<RunResponseEvent>generate(() -> RunResponseEvent.content("word ")).limit(EVENTS);
	}

	static class StreamOfText extends Workflow {

		StreamOfText(WorkflowSettings settings) {
			super(settings);
		}

		Stream<String> run() {
			return texts();
		}

	}

	static class StreamOfEvents extends Workflow {

		StreamOfEvents(WorkflowSettings settings) {
			super(settings);
		}

		Stream<RunResponseEvent> run() {
			return events();
		}

	}

	static class FluxOfText extends Workflow {

		FluxOfText(WorkflowSettings settings) {
			super(settings);
		}

		Flux<String> run() {
			return Flux.fromStream(EventShape::texts);
		}

	}

	static class FluxOfEvents extends Workflow {

		FluxOfEvents(WorkflowSettings settings) {
			super(settings);
		}

		Flux<RunResponseEvent> run() {
			return Flux.fromStream(EventShape::events);
		}

	}

}
