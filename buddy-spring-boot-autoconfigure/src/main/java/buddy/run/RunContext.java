package buddy.run;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The run in progress, as the code that it calls sees it.
 *
 * <p>
 * It is bound to the thread while {@code run()} executes and in every callback that buddy
 * invokes; {@link #wrap(Executor)} carries it to other threads.
 */
public interface RunContext {

	/**
	 * Returns the run in progress on this thread.
	 * @return the run, or {@code null} outside of one
	 */
	static @Nullable RunContext current() {
		return RunContextHolder.current();
	}

	/**
	 * Returns an executor whose tasks see the run that was in progress when they were
	 * handed over.
	 * @param executor runs the tasks
	 * @return the executor to hand tasks to
	 */
	static Executor wrap(Executor executor) {
		return (task) -> executor.execute(RunContextHolder.wrap(task));
	}

	/**
	 * Returns the ids of the run, its workflow, its session and its user.
	 * @return what names the run
	 */
	RunKey key();

	/**
	 * Returns the id of the run.
	 * @return a UUID of version 7
	 */
	default String runId() {
		return key().runId();
	}

	/**
	 * Returns the run that called this one.
	 * @return the run, or {@code null} if this is the outermost
	 */
	@Nullable RunContext parent();

	/**
	 * Returns the id of the workflow.
	 * @return the id
	 */
	default String workflowId() {
		return key().workflowId();
	}

	/**
	 * Returns the id of the session.
	 * @return the id
	 */
	default String sessionId() {
		return key().sessionId();
	}

	/**
	 * Returns whose run it is.
	 * @return the user's id, or {@code null} if nobody is known
	 */
	default @Nullable String userId() {
		return key().userId();
	}

	/**
	 * Returns the arguments of {@code run()} as they were recorded.
	 * @return plain values by parameter name
	 */
	Map<String, @Nullable Object> runInput();

	/**
	 * Returns whether the run was asked to stop, and what stops with it.
	 * @return the cancellation
	 */
	Cancellation cancellation();

	/**
	 * Returns what stands around the code of this run.
	 * @return the interception, the same one for all parts of the run, or {@code null}
	 */
	default @Nullable Interception interception() {
		return null;
	}

	/**
	 * Returns what changes the content of this run before it is recorded or observed.
	 * @return the filters of its workflow
	 */
	default Payloads payloads() {
		return Payloads.UNFILTERED;
	}

	/**
	 * Tells whether the run stands in the application's store and goes on, so that more
	 * can be stored with it. Within a transaction of the caller, for one, it does not.
	 * @return whether it does
	 */
	default boolean isRecorded() {
		return false;
	}

	/**
	 * Takes an event into the run.
	 * @param event the event, stamped or not
	 */
	void emit(RunResponseEvent event);

	/**
	 * Shows an event to the run's listeners and to those who follow the run, but not to
	 * the caller of a streamed run, who gets what the body hands on.
	 * @param event the event, stamped or not
	 */
	default void publish(RunResponseEvent event) {
	}

	/**
	 * Takes a call of an agent that begins: if the run ends first, the run's record has
	 * what the call had done by then.
	 * @param soFar gives that, or {@code null} if there is nothing yet
	 * @return records what the call did when it ends
	 */
	default Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		return this::recordAgent;
	}

	/**
	 * Takes what an agent gave into the run's record: its messages, metrics and tools.
	 * @param response the agent's response
	 */
	void recordAgent(RunResponse response);

	/**
	 * Returns what an agent said and was told in this session's latest runs, and earlier
	 * in this one.
	 * @param agentId the agent
	 * @param lastRuns how many earlier runs to look at
	 * @return the messages, oldest first, without system messages
	 */
	List<Message> history(String agentId, int lastRuns);

}
