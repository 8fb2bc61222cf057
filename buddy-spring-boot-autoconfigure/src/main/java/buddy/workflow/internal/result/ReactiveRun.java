package buddy.workflow.internal.result;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import buddy.run.Interception;
import buddy.run.RunContextHolder;
import buddy.run.RunPausedException;
import buddy.run.RunResponseEvent;
import buddy.workflow.internal.execution.LifecycleEvents;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.execution.RunStarter;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * The run of one subscription, between the body's publisher and the subscriber.
 *
 * <p>
 * The beginning, the body and the end may block, and execute on threads for blocking
 * work. The publisher is subscribed to, requested and cancelled in the run's context. The
 * end is stored before the subscriber is notified of it, and is delivered after all
 * preceding items.
 */
final class ReactiveRun implements Subscription, CoreSubscriber<Object>, SubscriberQueue.Upstream {

	/**
	 * Uses Reactor's threads for blocking work, but a cancelled subscription does not
	 * interrupt them: an interrupt in the middle of a write can close an H2 database.
	 */
	private static final Scheduler BLOCKING = Schedulers
		.fromExecutor((task) -> Schedulers.boundedElastic().schedule(task), true);

	private final RunStarter starter;

	private final Source source;

	private final Shape shape;

	private final SubscriberQueue delivery;

	/**
	 * Executes the beginning, the body and the requests of this run, one after the other.
	 */
	private final Scheduler.Worker worker = BLOCKING.createWorker();

	private volatile Context context;

	private volatile @Nullable RunExecution run;

	private volatile @Nullable Subscription publisher;

	private volatile @Nullable Object value;

	private volatile Runnable forget = () -> {
	};

	ReactiveRun(RunStarter starter, Source source, Shape shape, CoreSubscriber<? super Object> subscriber) {
		this.starter = starter;
		this.source = source;
		this.shape = shape;
		this.delivery = new SubscriberQueue(subscriber, this);
		this.context = subscriber.currentContext();
	}

	void schedule() {
		if (this.delivery.closed()) {
			return;
		}
		try {
			if (this.starter.mayWait()) {
				// on a separate thread: those of the pool are needed to end the runs
				// that it waits for
				DaemonThreads.WAITING.execute(() -> begin((begun) -> this.worker.schedule(() -> proceed(begun))));
			}
			else {
				this.worker.schedule(() -> begin(this::proceed));
			}
		}
		catch (RejectedExecutionException ex) {
			refuse(ex);
		}
	}

	private void begin(Consumer<RunExecution> next) {
		if (this.delivery.closed()) {
			return;
		}
		RunExecution begun;
		try {
			begun = this.starter.begin((key) -> this.context.getOrDefault(key, null));
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			refuse(ex);
			return;
		}
		try {
			next.accept(begun);
		}
		catch (RejectedExecutionException ex) {
			begun.failed(ex);
			refuse(ex);
		}
	}

	private void proceed(RunExecution begun) {
		this.context = within(begun, this.context);
		this.run = begun;
		if (this.shape == Shape.EVENTS) {
			begun.streamEvents(this::emitted);
			this.delivery.frame(begun.started());
		}
		this.forget = begun.cancellation().onCancel(this::stopped);
		if (this.delivery.closed()) {
			subscriberLeft(begun);
		}
		else if (!begun.isEnding()) { // it may have been asked to stop already
			open(begun);
		}
	}

	private static Context within(RunExecution run, Context around) {
		Context within = around.delete(RunContextHolder.SCOPE_KEY).put(RunContextHolder.KEY, run);
		Interception interception = run.interception();
		return (interception != null) ? within.putAllMap(interception.contextValues()) : within;
	}

	/** Notifies the subscriber that there is no run. */
	private void refuse(Throwable cause) {
		this.delivery.end(cause);
	}

	private void open(RunExecution begun) {
		try {
			begun.inContext(() -> {
				Publisher<Object> opened = this.source.open();
				if (!begun.isEnding()) {
					opened.subscribe(this);
				}
				return null;
			});
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			onError(ex);
		}
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.publisher, subscription)) {
			return;
		}
		this.publisher = subscription;
		if (isEnding()) {
			subscription.cancel();
		}
		else if (this.shape == Shape.VALUE) {
			subscription.request(Long.MAX_VALUE);
		}
		else {
			this.delivery.opened();
		}
	}

	@Override
	public void onNext(Object item) {
		RunExecution begun = this.run;
		if (begun == null || begun.isEnding()) {
			Operators.onDiscard(item, this.context);
		}
		else if (this.shape == Shape.VALUE) {
			this.value = (this.value != null) ? this.value : item;
		}
		else {
			take(begun, item);
		}
	}

	private void take(RunExecution begun, Object item) {
		Object taken;
		try {
			taken = begun.taken(item);
		}
		catch (RuntimeException ex) {
			stopPublisher(begun);
			onError(ex);
			return;
		}
		if (taken == null || (this.shape == Shape.EVENTS && LifecycleEvents.frames(item))) {
			this.delivery.hidden();
		}
		else {
			this.delivery.item(taken);
		}
	}

	@Override
	public void onComplete() {
		end(null);
	}

	@Override
	public void onError(Throwable ex) {
		if (!end(ex)) {
			Operators.onErrorDropped(ex, this.context);
		}
	}

	/** Delivers an event that the body emitted in addition to its items. */
	private boolean emitted(RunResponseEvent event) {
		return isEnding() || this.delivery.emit(event);
	}

	/** Ends the run after it was asked to stop. */
	private void stopped() {
		RunExecution begun = this.run;
		if (begun != null && end(begun.cancelledException())) {
			stopPublisher(begun);
		}
	}

	@Override
	public void request(long count) {
		if (Operators.validate(count)) {
			this.delivery.request(count);
		}
	}

	@Override
	public void cancel() {
		if (!this.delivery.cancel()) {
			return;
		}
		// read only now: a thread that sets it later sees that the subscriber has left
		RunExecution begun = this.run;
		if (begun != null) {
			subscriberLeft(begun);
			stopPublisher(begun);
		}
	}

	private void subscriberLeft(RunExecution begun) {
		if (begun.claimEnd()) {
			blocking(() -> {
				this.forget.run();
				begun.cancelled("the subscriber cancelled");
			});
		}
	}

	private void stopPublisher(RunExecution begun) {
		Subscription subscription = this.publisher;
		if (subscription != null) {
			inContext(begun, subscription::cancel);
		}
	}

	private boolean end(@Nullable Throwable cause) {
		RunExecution begun = this.run;
		if (begun == null || !begun.claimEnd()) {
			return false;
		}
		blocking(() -> {
			this.forget.run();
			Throwable outcome = store(begun, cause);
			if (this.shape == Shape.EVENTS) {
				this.delivery.frame(begun.termination(outcome));
			}
			// the last event tells of a pause, where there are events
			boolean told = this.shape == Shape.EVENTS && outcome instanceof RunPausedException;
			this.delivery.end(told ? null : outcome);
		});
		return true;
	}

	private @Nullable Throwable store(RunExecution begun, @Nullable Throwable cause) {
		if (cause != null) {
			return begun.failed(cause);
		}
		try {
			if (begun.cancellation().cancelled()) {
				throw begun.cancelledException();
			}
			complete(begun);
			return null;
		}
		catch (RuntimeException | Error ex) {
			return begun.failed(ex);
		}
	}

	private void complete(RunExecution begun) {
		if (this.shape != Shape.VALUE) {
			begun.completedStream();
			return;
		}
		Object result = begun.completed(this.value);
		if (result != null) {
			this.delivery.frame(result);
		}
	}

	@Override
	public boolean isOpen() {
		return this.publisher != null && this.shape != Shape.VALUE && !isEnding();
	}

	private boolean isEnding() {
		RunExecution begun = this.run;
		return begun != null && begun.isEnding();
	}

	/**
	 * Requests items. Outside of the run's threads, the worker is used, since the
	 * publisher may do the body's blocking work.
	 */
	@Override
	public void ask(long count, boolean inside) {
		RunExecution begun = this.run;
		Subscription subscription = this.publisher;
		if (begun == null || subscription == null) {
			return;
		}
		Runnable asking = () -> inContext(begun, () -> subscription.request(count));
		if (inside) {
			asking.run();
			return;
		}
		try {
			this.worker.schedule(asking);
		}
		catch (RejectedExecutionException ex) {
			stopPublisher(begun);
			onError(ex);
		}
	}

	private static void inContext(RunExecution run, Runnable code) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(run)) {
			code.run();
		}
	}

	private static void blocking(Runnable code) {
		try {
			BLOCKING.schedule(code);
		}
		catch (RejectedExecutionException ex) {
			code.run();
		}
	}

	/** Calls the body to obtain its publisher. */
	@FunctionalInterface
	interface Source {

		Publisher<Object> open() throws Throwable;

	}

	/** The kind of result that the caller receives. */
	enum Shape {

		/** The single value, once the run has ended. */
		VALUE,

		/** The items. */
		ITEMS,

		/** The events, framed by the start and end events of the workflow. */
		EVENTS

	}

}
