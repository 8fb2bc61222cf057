package buddy.workflow.internal.result;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

import buddy.workflow.internal.execution.RunStarter;

/**
 * The runs of one call: each subscription is a separate run.
 */
final class RunFlux extends Flux<Object> {

	private final RunStarter starter;

	private final ReactiveRun.Source source;

	private final ReactiveRun.Shape shape;

	RunFlux(RunStarter starter, ReactiveRun.Source source, ReactiveRun.Shape shape) {
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

}
