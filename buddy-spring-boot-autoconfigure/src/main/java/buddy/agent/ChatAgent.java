package buddy.agent;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.publisher.Flux;

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

	ChatAgent(AgentDefinition definition, Supplier<BoundModel> model, Clock clock, Executor executor,
			Supplier<List<AgentInterceptor>> interceptors) {
		this.definition = definition;
		this.model = SingletonSupplier.of(model);
		this.clock = clock;
		this.executor = executor;
		this.interceptors = interceptors;
	}

	@Override
	public RunResponse run(String prompt) {
		RunContext context = RunContext.current();
		return call(prompt, context, published(context)).run();
	}

	@Override
	public Flux<RunResponseEvent> stream(String prompt) {
		Assert.notNull(prompt, "'prompt' must not be null");
		RunContext context = RunContext.current();
		return Flux.create((sink) -> {
			try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
				new AgentStream(sink, context, call(prompt, context, sink::next)).start();
			}
		});
	}

	@Override
	public CompletableFuture<RunResponse> arun(String prompt) {
		RunContext context = RunContext.current();
		AgentCall call = call(prompt, context, published(context));
		CompletableFuture<RunResponse> future = new CompletableFuture<>();
		Runnable forget = (context != null)
				? context.cancellation().onCancel(() -> future.completeExceptionally(cancelled(context))) : () -> {
				};
		future.whenComplete((response, failure) -> {
			call.abandon();
			forget.run();
		});
		this.executor.execute(ContextCarrier.wrap(RunContextHolder.wrap(() -> complete(future, call))));
		return future;
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
		Assert.notNull(prompt, "'prompt' must not be null");
		return new AgentCall(this.definition, this.model::obtain, prompt, context, this.clock, events,
				this.interceptors.get());
	}

	private static void complete(CompletableFuture<RunResponse> future, AgentCall call) {
		try {
			future.complete(call.run());
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
