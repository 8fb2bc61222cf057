package buddy.agent;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;

import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;

/**
 * A language model with instructions, tools, history and an answer type. Create agents
 * with {@link Agents}.
 *
 * <p>
 * An agent has no state and is thread-safe. Inside a run of a workflow it is part of that
 * run: its answers are recorded there, and cancelling the run cancels the call. Each call
 * is a step of the run: where a run is continued whose process died, the recorded answer
 * is handed back and the model is not asked again.
 *
 * <p>
 * In a test, a lambda can replace it:
 * {@code Agent researcher = (prompt) -> RunResponse.of("facts")}. The calls of a lambda
 * are not steps, unless {@link Agents#journaled(Agent, String)} makes them so.
 */
@FunctionalInterface
public interface Agent {

	/**
	 * Calls the model and waits for its answer, executing the tools that it calls.
	 * @param prompt the user message
	 * @return the response with its messages, metrics and tool calls; its content is
	 * text, or an instance of the answer type if one is set
	 * @throws AgentAnswerException if the answer does not fit the answer type
	 * @throws buddy.run.RunCancelledException if the run in progress was asked to stop
	 */
	RunResponse run(String prompt);

	/**
	 * Calls the model and streams events: {@code RunStarted}, pieces of the answer and
	 * tool calls, and at the end {@code RunCompleted} with the whole answer, or
	 * {@code RunError} followed by the error signal.
	 *
	 * <p>
	 * Each subscription makes a separate call. All of them belong to the run that is in
	 * progress on the thread that calls this method.
	 * @param prompt the user message
	 * @return the events; cancelling the subscription cancels the model call
	 */
	default Flux<RunResponseEvent> stream(String prompt) {
		RunContext context = RunContext.current();
		return Flux.defer(() -> Flux.fromIterable(AgentEvents.of(this, prompt, context)));
	}

	/**
	 * Calls the model and streams events to the thread that pulls them.
	 * @param prompt the user message
	 * @return the events of {@link #stream(String)}; the model is called on the first
	 * pull, and closing the stream cancels the model call
	 */
	default Stream<RunResponseEvent> streamBlocking(String prompt) {
		return AgentEvents.pulled(stream(prompt));
	}

	/**
	 * Calls the model on another thread, which sees the run in progress on this one.
	 * @param prompt the user message
	 * @return a future that completes with the response or with the exception that
	 * {@link #run(String)} would throw. Cancelling it prevents further model and tool
	 * calls, but does not interrupt a model call in progress
	 */
	default CompletableFuture<RunResponse> arun(String prompt) {
		CompletableFuture<RunResponse> future = new CompletableFuture<>();
		return future.completeAsync(() -> run(prompt), RunContext.wrap(future.defaultExecutor()));
	}

}
