package buddy.agent;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.internal.ContextCarrier;

/**
 * {@link Agent} that uses Spring AI's {@code ChatClient}.
 */
final class ChatAgent implements Agent {

	private final AgentDefinition definition;

	private final SingletonSupplier<BoundModel> model;

	private final Clock clock;

	private final Executor executor;

	private final Supplier<List<AgentInterceptor>> interceptors;

	private final CallGuards guards;

	ChatAgent(AgentDefinition definition, Supplier<BoundModel> model, Clock clock, Executor executor,
			Supplier<List<AgentInterceptor>> interceptors, CallGuards guards) {
		this.definition = definition;
		this.model = SingletonSupplier.of(model);
		this.clock = clock;
		this.executor = executor;
		this.interceptors = interceptors;
		this.guards = guards;
	}

	@Override
	public RunResponse run(String prompt) {
		return next(prompt, RunContext.current()).call(() -> call(prompt));
	}

	@Override
	public Flux<RunResponseEvent> stream(String prompt) {
		RunContext context = RunContext.current();
		AgentStep first = next(prompt, context);
		AtomicBoolean subscribed = new AtomicBoolean();
		return Flux.create((sink) -> {
			try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
				// another subscription is another call
				AgentStep step = subscribed.compareAndSet(false, true) ? first : next(prompt, context);
				stream(prompt, context, step, sink);
			}
		});
	}

	private void stream(String prompt, @Nullable RunContext context, AgentStep step, FluxSink<RunResponseEvent> sink) {
		RunResponse recorded;
		try {
			recorded = step.recorded();
		}
		catch (RuntimeException ex) {
			AgentEvents.replayed(call(prompt, context, sink::next).header(), ex).forEach(sink::next);
			sink.error(ex);
			return;
		}
		if (recorded != null) {
			AgentEvents.replayed(recorded).forEach(sink::next);
			sink.complete();
			return;
		}
		RunContext within = step.begin(context);
		new AgentStream(sink, within, call(prompt, within, sink::next), step).start();
	}

	@Override
	public CompletableFuture<RunResponse> arun(String prompt) {
		RunContext context = RunContext.current();
		AgentStep step = next(prompt, context);
		CompletableFuture<RunResponse> future = new CompletableFuture<>();
		Runnable forget = (context != null)
				? context.cancellation().onCancel(() -> future.completeExceptionally(cancelled(context))) : () -> {
				};
		future.whenComplete((response, failure) -> forget.run());
		this.executor.execute(ContextCarrier.wrap(RunContextHolder
			.wrap(() -> complete(future, () -> step.call(() -> call(prompt).abandonedBy(future::isDone))))));
		return future;
	}

	/** Takes the place of a call in the run that is in progress, on this thread. */
	private AgentStep next(String prompt, @Nullable RunContext context) {
		Assert.notNull(prompt, "'prompt' must not be null");
		return AgentStep.next(this.definition, prompt, context);
	}

	/** Creates a blocking call, on the thread that makes it. */
	private AgentCall call(String prompt) {
		RunContext context = RunContext.current();
		return call(prompt, context, published(context));
	}

	/**
	 * Returns the consumer of the events of a blocking call: they are published to the
	 * run's listeners.
	 */
	private static Consumer<RunResponseEvent> published(@Nullable RunContext context) {
		return (context != null) ? context::publish : (event) -> {
		};
	}

	static RunCancelledException cancelled(RunContext context) {
		return context.cancellation().exception(context.runId());
	}

	private AgentCall call(String prompt, @Nullable RunContext context, Consumer<RunResponseEvent> events) {
		return new AgentCall(this.definition, this.model::obtain, prompt, context, this.clock, events,
				this.interceptors.get())
			.guardedBy(this.guards);
	}

	private static void complete(CompletableFuture<RunResponse> future, Supplier<RunResponse> call) {
		try {
			future.complete(call.get());
		}
		catch (Throwable ex) {
			future.completeExceptionally(ex);
		}
	}

	@Override
	public String toString() {
		return "Agent '" + this.definition.name() + "'";
	}

}
