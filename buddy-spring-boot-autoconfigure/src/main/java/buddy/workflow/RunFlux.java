package buddy.workflow;

import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

import buddy.workflow.ResultAdapter.RunStarter;

/**
 * The runs of one call: each subscription is a run of its own.
 */
final class RunFlux extends Flux<Object> {

	private final RunStarter starter;

	private final Source source;

	private final Shape shape;

	RunFlux(RunStarter starter, Source source, Shape shape) {
		this.starter = starter;
		this.source = source;
		this.shape = shape;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Object> caller) {
		ReactiveRun run = new ReactiveRun(this.starter, this.source, this.shape, caller);
		caller.onSubscribe(run);
		run.schedule();
	}

	/** Calls the body for its publisher. */
	@FunctionalInterface
	interface Source {

		Publisher<Object> open() throws Throwable;

	}

	/** What the caller gets. */
	enum Shape {

		/** The one value, once the run has ended. */
		VALUE,

		/** The items. */
		ITEMS,

		/** The events, within those of the workflow. */
		EVENTS

	}

}
