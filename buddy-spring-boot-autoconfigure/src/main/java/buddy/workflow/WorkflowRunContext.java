package buddy.workflow;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionOptions;
import buddy.durable.StepBody;
import buddy.durable.StepOptions;
import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.session.SessionState;

/**
 * The current run, or a branch of it, as seen by its own workflow. The protected methods
 * of {@link Workflow} delegate to it.
 */
public interface WorkflowRunContext extends RunContext {

	/**
	 * Returns whether this is a run of a given workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return whether it is a run of the workflow
	 */
	boolean isOf(Object workflow);

	/**
	 * Returns the run's own copy of the session's state.
	 * @return the state
	 */
	SessionState sessionState();

	/**
	 * Returns the memory of the session's earlier runs.
	 * @return the memory
	 */
	WorkflowMemory memory();

	/**
	 * Returns the name of the session.
	 * @return the name, or {@code null} if it has none
	 */
	@Nullable String sessionName();

	/**
	 * Returns the application's own data in the session.
	 * @return plain values; empty if there are none
	 */
	Map<String, @Nullable Object> extraData();

	/**
	 * Returns whether this run has exclusive use of a session until it ends.
	 * @param sessionId the session
	 * @return whether no other run may enter the session before this one has ended
	 */
	boolean holds(String sessionId);

	/**
	 * Processes items in parallel.
	 * @param name the name of the branches' task, for messages
	 * @param around the cancellation of the calling run or branch, which also stops the
	 * new branches
	 * @param items the items, each processed in a branch of its own
	 * @param body the function that processes an item
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @return the results, in the order of the items
	 */
	<T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body);

	/**
	 * Calls a step, or hands back its recorded outcome.
	 * @param name the name of the step
	 * @param type the type that its result is read as, or {@code null} for plain values
	 * @param options how it is executed
	 * @param body what it does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 */
	<T extends @Nullable Object, E extends Exception> T step(String name, @Nullable Type type, StepOptions options,
			StepBody<T, E> body) throws E;

	/**
	 * Asks a person, or hands back the answer.
	 * @param name the name of the question
	 * @param type the type of the answer
	 * @param options how it is asked
	 * @return the answer
	 */
	@Nullable Object awaitInput(String name, Type type, QuestionOptions options);

	/**
	 * Waits for a time.
	 * @param name the name of the pause
	 * @param time how long it is
	 */
	void sleep(String name, Duration time);

	/**
	 * Returns whether a piece of code that older runs do not have is executed.
	 * @param name the name of the change
	 * @return whether it is executed
	 */
	boolean changed(String name);

	/**
	 * Returns random numbers, the same in every execution of the run.
	 * @return the generator
	 */
	RandomGenerator random();

	/**
	 * Returns a UUID, the same in every execution of the run.
	 * @return the UUID
	 */
	UUID uuid();

	/**
	 * Returns the time, the same in every execution of the run.
	 * @return the time at which the last step ended, or else the run began
	 */
	Instant now();

}
