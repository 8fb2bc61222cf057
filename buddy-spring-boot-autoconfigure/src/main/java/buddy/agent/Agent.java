package buddy.agent;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;

import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;

/**
 * A language model bound to instructions, tools, history and an answer type; built by
 * {@link Agents}.
 *
 * <p>
 * An agent keeps nothing between calls and may be shared by threads. Inside a run of a
 * workflow it takes part in that run: its answers are recorded there, and cancelling the
 * run cancels the call. In a test a lambda can stand in for it:
 * {@code Agent researcher = (prompt) -> RunResponse.of("facts")}.
 */
@FunctionalInterface
public interface Agent {

	/**
	 * Asks the model and waits for its answer, running the tools that it calls.
	 * @param prompt what to ask
	 * @return the answer with its messages, metrics and tool calls; the content is text,
	 * or an instance of the answer type where one is set
	 * @throws AgentAnswerException if the answer does not fit the answer type
	 * @throws buddy.run.RunCancelledException if the run in progress was asked to stop
	 */
	RunResponse run(String prompt);

	/**
	 * Asks the model and gives what happens as it happens: {@code RunStarted}, the
	 * answer's pieces and the tool calls in between, and at the end {@code RunCompleted}
	 * with the whole answer, or {@code RunError} and the error.
	 *
	 * <p>
	 * Each subscription is a call of its own; all of them belong to the run that is in
	 * progress on the thread that calls this method.
	 * @param prompt what to ask
	 * @return the events; cancelling the subscription cancels the model call
	 */
	default Flux<RunResponseEvent> stream(String prompt) {
		RunContext context = RunContext.current();
		return Flux.defer(() -> Flux.fromIterable(AgentEvents.of(this, prompt, context)));
	}

	/**
	 * Asks the model and gives what happens as it happens, to the thread that pulls.
	 * @param prompt what to ask
	 * @return the events of {@link #stream(String)}; the model is asked on the first
	 * pull, and closing the stream cancels the model call
	 */
	default Stream<RunResponseEvent> streamBlocking(String prompt) {
		return AgentEvents.pulled(stream(prompt));
	}

	/**
	 * Asks the model on another thread, which sees the run in progress on this one.
	 * @param prompt what to ask
	 * @return completed with the answer or with the very exception that
	 * {@link #run(String)} would throw; cancelling it keeps the model and the tools from
	 * being called again, a model call under way is not interrupted
	 */
	default CompletableFuture<RunResponse> arun(String prompt) {
		CompletableFuture<RunResponse> future = new CompletableFuture<>();
		return future.completeAsync(() -> run(prompt), RunContext.wrap(future.defaultExecutor()));
	}

}
