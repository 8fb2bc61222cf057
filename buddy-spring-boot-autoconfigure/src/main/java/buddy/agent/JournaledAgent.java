package buddy.agent;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import reactor.core.publisher.Flux;

import buddy.durable.JournaledStep;
import buddy.durable.StepFormat;
import buddy.durable.StepKind;
import buddy.durable.StepScope;
import buddy.json.UnstorableValueException;
import buddy.json.internal.Digests;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.internal.ContextCarrier;

/**
 * An agent of the application's own code, whose calls are steps of the run.
 */
final class JournaledAgent implements Agent, StepFormat<RunResponse> {

	private final Agent agent;

	private final String name;

	private final @Nullable Class<?> answerType;

	private final Executor executor;

	JournaledAgent(Agent agent, String name, @Nullable Class<?> answerType, Executor executor) {
		this.agent = agent;
		this.name = name;
		this.answerType = answerType;
		this.executor = executor;
	}

	@Override
	public RunResponse run(String prompt) {
		return call(next(prompt, RunContext.current()), prompt);
	}

	private RunResponse call(@Nullable JournaledStep<RunResponse> step, String prompt) {
		return (step != null) ? step.call(() -> this.agent.run(prompt)) : this.agent.run(prompt);
	}

	@Override
	public CompletableFuture<RunResponse> arun(String prompt) {
		JournaledStep<RunResponse> step = next(prompt, RunContext.current());
		if (step == null) {
			return this.agent.arun(prompt);
		}
		CompletableFuture<RunResponse> future = new CompletableFuture<>();
		return future.completeAsync(() -> call(step, prompt),
				(task) -> this.executor.execute(ContextCarrier.wrap(RunContextHolder.wrap(task))));
	}

	@Override
	public Flux<RunResponseEvent> stream(String prompt) {
		RunContext context = RunContext.current();
		JournaledStep<RunResponse> first = next(prompt, context);
		if (first == null) {
			return this.agent.stream(prompt);
		}
		AtomicBoolean subscribed = new AtomicBoolean();
		return Flux.defer(() -> {
			try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
				// another subscription is another call
				return Flux.fromIterable(AgentEvents
					.of(call(subscribed.compareAndSet(false, true) ? first : next(prompt, context), prompt)));
			}
		});
	}

	private @Nullable JournaledStep<RunResponse> next(String prompt, @Nullable RunContext context) {
		Assert.notNull(prompt, "'prompt' must not be null");
		if (!(context instanceof StepScope scope)) {
			return null;
		}
		JournaledStep<RunResponse> step = scope.next(StepKind.AGENT, StepJson.name("agent:", this.name), this);
		if (step != null) {
			step.digest(Digests.of(prompt));
		}
		return step;
	}

	@Override
	public String write(RunResponse response) {
		String what = "The response of agent '" + this.name + "'";
		String json = StorableJson.requireExactly(what, response);
		Object content = response.content();
		Object back = read(json).content();
		if (content != null && (back == null || !isSameKind(content, back) || !Json.same(content, back))) {
			throw new UnstorableValueException(what,
					"its content, a " + content.getClass().getTypeName()
							+ ", would come back as another value where the run is continued; name its type, as in"
							+ " agents.journaled(agent, name, " + content.getClass().getSimpleName() + ".class)");
		}
		return json;
	}

	private static boolean isSameKind(Object one, Object other) {
		return one.getClass() == other.getClass() || (one instanceof Map && other instanceof Map)
				|| (one instanceof Collection && other instanceof Collection);
	}

	@Override
	public RunResponse read(String json) {
		RunResponse response = RunResponse.fromJson(json);
		return (this.answerType != null && response.content() != null)
				? response.toBuilder().content(Json.convert(response.content(), this.answerType)).build() : response;
	}

	@Override
	public String toString() {
		return "Agent '" + this.name + "'";
	}

}
