package buddy.workflow;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

import buddy.run.RunContextHolder;

/**
 * What a run's publisher does when it is subscribed to, asked for items or cancelled, it
 * does in the run's context; who takes the items is outside of it.
 */
final class ContextFlux extends Flux<Object> {

	private final RunExecution run;

	private final Publisher<Object> source;

	ContextFlux(RunExecution run, Publisher<Object> source) {
		this.run = run;
		this.source = source;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Object> subscriber) {
		inContext(() -> this.source.subscribe(new Outside(subscriber)));
	}

	private void inContext(Runnable code) {
		try {
			this.run.inContext(() -> {
				code.run();
				return null;
			});
		}
		catch (Throwable ex) {
			throw Sneaky.raise(ex);
		}
	}

	private static void outside(Runnable code) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(null)) {
			code.run();
		}
	}

	private final class Outside implements CoreSubscriber<Object> {

		private final CoreSubscriber<? super Object> delegate;

		Outside(CoreSubscriber<? super Object> delegate) {
			this.delegate = delegate;
		}

		@Override
		public Context currentContext() {
			return this.delegate.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			outside(() -> this.delegate.onSubscribe(new Inside(subscription)));
		}

		@Override
		public void onNext(Object item) {
			outside(() -> this.delegate.onNext(item));
		}

		@Override
		public void onError(Throwable failure) {
			outside(() -> this.delegate.onError(failure));
		}

		@Override
		public void onComplete() {
			outside(this.delegate::onComplete);
		}

	}

	private final class Inside implements Subscription {

		private final Subscription delegate;

		Inside(Subscription delegate) {
			this.delegate = delegate;
		}

		@Override
		public void request(long count) {
			inContext(() -> this.delegate.request(count));
		}

		@Override
		public void cancel() {
			inContext(this.delegate::cancel);
		}

	}

}
