package buddy.run;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The run in progress, as seen by the code that it executes.
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
	 * submitted.
	 * @param executor the executor that runs the tasks
	 * @return the executor to submit tasks to
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
	 * Returns which execution of the run this is.
	 * @return 0 for the first, and one more each time the run is continued
	 */
	default int epoch() {
		return 0;
	}

	/**
	 * Returns the key of the step whose body is executed: the same in each of its
	 * attempts and in every execution of the run. Other systems that know it as their
	 * idempotency key act once.
	 * @return a key made of the run's id and the step's name
	 * @throws IllegalStateException outside of the body of a step
	 */
	default String stepKey() {
		throw new IllegalStateException("Run '" + runId() + "' has no steps");
	}

	/**
	 * Returns the run that called this one.
	 * @return the parent run, or {@code null} if there is none
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
	 * Returns the id of the user.
	 * @return the id, or {@code null} if the run has no user
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
	 * Returns the cancellation of the run.
	 * @return the cancellation
	 */
	Cancellation cancellation();

	/**
	 * Returns the interception of the run's code.
	 * @return the interception, the same for all parts of the run, or {@code null}
	 */
	default @Nullable Interception interception() {
		return null;
	}

	/**
	 * Returns the payload filters of the run's workflow.
	 * @return the filters, applied before content is recorded or observed
	 */
	default Payloads payloads() {
		return Payloads.UNFILTERED;
	}

	/**
	 * Returns whether the run is stored and in progress, so that its events can be stored
	 * too. A run within a transaction of the caller, for example, is not stored before
	 * its end.
	 * @return whether the run is stored and in progress
	 */
	default boolean isRecorded() {
		return false;
	}

	/**
	 * Emits an event of the run.
	 * @param event the event; missing ids are filled in
	 */
	void emit(RunResponseEvent event);

	/**
	 * Publishes an event to the run's listeners and to clients that follow the run, but
	 * not to the caller of a streamed run, who gets only the items of the returned
	 * stream.
	 * @param event the event; missing ids are filled in
	 */
	default void publish(RunResponseEvent event) {
	}

	/**
	 * Tracks an agent call that begins. If the run ends first, its record includes what
	 * the call had done by then.
	 * @param soFar supplies the partial response, or {@code null} if there is nothing yet
	 * @return a consumer that records the response when the call ends
	 */
	default Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		return this::recordAgent;
	}

	/**
	 * Adds the messages, metrics and tools of an agent's response to the run's record.
	 * @param response the agent's response
	 */
	void recordAgent(RunResponse response);

	/**
	 * Returns the conversation of an agent: its messages in this session's latest runs,
	 * and those from earlier in this run.
	 * @param agentId the agent
	 * @param lastRuns the number of earlier runs to include
	 * @return the messages, oldest first, without system messages
	 */
	List<Message> history(String agentId, int lastRuns);

}
