package buddy.durable;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;

/**
 * A step that has its place in the run, and is called or handed back next.
 *
 * @param <T> the type of the result
 */
public interface JournaledStep<T> {

	/**
	 * Returns the step's key.
	 * @return the key, unlike that of any other step of the run
	 */
	String key();

	/**
	 * Sets a digest of what the step is given. It is recorded with the step. A recorded
	 * step with another digest was given something else, which is logged or stops the
	 * run.
	 * @param digest the digest, at most 64 ASCII characters
	 */
	void digest(String digest);

	/**
	 * Calls the step's body and records its result, or hands back the recorded one. The
	 * body of an agent's step, and of a tool's, can call steps of its own.
	 * @param body the body
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 */
	<E extends Exception> T call(StepBody<T, E> body) throws E;

	/**
	 * Returns the recorded result, for a step whose body is not a single call, such as a
	 * stream.
	 * @return the result, or {@code null} if none is recorded
	 * @throws RuntimeException if the step has failed in an earlier execution
	 */
	@Nullable T recorded();

	/**
	 * Begins the body of such a step.
	 * @return the part of the run that the body belongs to; nothing within it is a step
	 * of its own
	 */
	RunContext begin();

	/**
	 * Records the result of such a step.
	 * @param result the result
	 */
	void record(T result);

	/**
	 * Records the failure of such a step, unless it comes from the run itself, which was
	 * asked to stop.
	 * @param failure the failure
	 */
	void failed(Throwable failure);

}
