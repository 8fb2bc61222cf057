package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunContextHolder;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.workflow.WorkflowRunner.Body;

/**
 * {@code Flux}, {@code Mono} and every other reactive type that Spring knows: each
 * subscription is a run of its own, which ends when the publisher does. It is loaded only
 * where Reactor is present.
 */
final class ReactiveResultAdapter implements ResultAdapter {

	/**
	 * Its threads are Reactor's for blocking work, but a cancelled subscription does not
	 * interrupt them: an interrupt in the middle of a write can close an H2 database.
	 */
	private static final Scheduler BLOCKING = Schedulers
		.fromExecutor((task) -> Schedulers.boundedElastic().schedule(task), true);

	@Override
	public boolean supports(ResolvableType returnType) {
		return adapter(returnType) != null;
	}

	@Override
	public Object adapt(RunStarter starter, Body body, ResolvableType returnType) {
		ReactiveAdapter adapter = adapter(returnType);
		if (adapter == null) {
			throw new IllegalArgumentException(returnType + " is not a reactive type");
		}
		boolean single = !adapter.isMultiValue();
		boolean lifecycle = !single && PullAdapter.ofEvents(returnType);
		// begin, body and end may block: they never run on an event loop
		Publisher<?> runs = single ? Mono.defer(() -> one(starter, body, adapter)).subscribeOn(BLOCKING)
				: Flux.defer(() -> many(starter, body, adapter, lifecycle)).subscribeOn(BLOCKING);
		return adapter.fromPublisher(runs);
	}

	@Override
	public @Nullable Class<?> made(ResolvableType returnType) {
		ReactiveAdapter adapter = adapter(returnType);
		return (adapter != null) ? adapter.getReactiveType() : null;
	}

	private static @Nullable ReactiveAdapter adapter(ResolvableType returnType) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returnType.toClass());
		return (adapter != null && returnType.toClass() != Object.class) ? adapter : null;
	}

	private static Mono<Object> one(RunStarter starter, Body body, ReactiveAdapter adapter) {
		RunExecution run = starter.begin();
		Mono<Object> value = Mono.from(publisher(run, body, adapter));
		return guarded(run,
				value.flatMap((item) -> blocking(() -> run.completed(item)))
					.switchIfEmpty(Mono.defer(() -> blocking(() -> run.completed(null))))
					.flux())
			.next();
	}

	private static Flux<Object> many(RunStarter starter, Body body, ReactiveAdapter adapter, boolean lifecycle) {
		RunExecution run = starter.begin();
		if (lifecycle) {
			run.streamEvents();
		}
		Flux<Object> items = Flux.from(publisher(run, body, adapter))
			// an error must not overtake the items before it
			.concatMapDelayError((item) -> Flux.fromIterable(taken(run, item, lifecycle)), 1);
		Flux<Object> whole = items.concatWith(blocking(() -> last(run, lifecycle)).flatMapIterable((last) -> last));
		return guarded(run, lifecycle ? whole.startWith(run.started()) : whole);
	}

	private static List<Object> last(RunExecution run, boolean lifecycle) {
		List<Object> last = new ArrayList<>(run.drainEmitted());
		run.completedStream();
		if (lifecycle && run.status() == RunStatus.COMPLETED) {
			last.add(run.completion());
		}
		return last;
	}

	private static Publisher<Object> publisher(RunExecution run, Body body, ReactiveAdapter adapter) {
		try {
			Object source = run.inContext(body);
			return (source != null) ? new ContextFlux(run, adapter.toPublisher(source)) : Flux.empty();
		}
		catch (Throwable ex) {
			return Flux.error(ex);
		}
	}

	private static Iterable<Object> taken(RunExecution run, Object item, boolean lifecycle) {
		Object taken = run.taken(item);
		if (!lifecycle) {
			return (taken != null) ? List.of(taken) : List.of();
		}
		List<Object> items = new ArrayList<>(run.drainEmitted());
		if (taken != null && !(taken instanceof RunResponseEvent.WorkflowCompleted)) {
			items.add(taken);
		}
		return items;
	}

	/**
	 * Whatever ends the publisher ends the run; the caller gets the very same exception.
	 */
	private static Flux<Object> guarded(RunExecution run, Flux<Object> items) {
		return items.onErrorResume((failure) -> blocking(() -> {
			run.failed(failure);
			return null;
		}).then(Mono.error(failure)))
			.doOnCancel(() -> BLOCKING.schedule(() -> run.cancelled("the subscriber cancelled")))
			.contextWrite((context) -> context.put(RunContextHolder.KEY, run));
	}

	private static <T> Mono<T> blocking(Callable<@Nullable T> code) {
		return Mono.fromCallable(code).subscribeOn(BLOCKING);
	}

}
