package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * The cancellation of a run: whether it was requested and why, and callbacks for when it
 * is.
 *
 * <p>
 * Cancelling is cooperative: a thread is interrupted only if it has asked for that with
 * {@link #interruptible()}.
 */
public interface Cancellation {

	/** The cause of a run that was cancelled by a caller. */
	String CANCELLED = "cancelled";

	/** The cause of a run that exceeded its timeout. */
	String TIMEOUT = "timeout";

	/** The cause of a run that has not ended before its deadline. */
	String DEADLINE = "deadline_exceeded";

	/** The cause of a streamed run whose consumer stopped pulling items. */
	String ABANDONED = "abandoned";

	/** The cause of a run that was still in progress when its application stopped. */
	String SHUTDOWN = "shutdown";

	/**
	 * The cause of a run whose record was ended or deleted from outside while it was in
	 * progress.
	 */
	String LOST = "lost";

	/**
	 * Returns whether the run was asked to stop.
	 * @return whether cancellation was requested
	 */
	boolean cancelled();

	/**
	 * Returns the kind of cause for which the run was asked to stop.
	 * @return {@link #CANCELLED}, {@link #TIMEOUT}, {@link #DEADLINE},
	 * {@link #ABANDONED}, {@link #SHUTDOWN} or {@link #LOST}
	 */
	String cause();

	/**
	 * Returns why the run was asked to stop.
	 * @return the reason, or {@code null} if it was not
	 */
	@Nullable String reason();

	/**
	 * Returns the exception that callers of a cancelled run get.
	 * @param runId the run, for the message
	 * @return a new exception
	 */
	RunCancelledException exception(String runId);

	/**
	 * Registers an action to run when the run is asked to stop. It runs immediately if
	 * the run was asked already.
	 * @param action the action, which must not throw
	 * @return a handle that removes the action
	 */
	Runnable onCancel(Runnable action);

	/**
	 * Allows the calling thread to be interrupted when the run is asked to stop, until
	 * the returned handle is closed on the same thread. Use it for waits that nothing
	 * else can end and that do no file I/O, which an interrupt can break.
	 * @return a handle that ends this and clears an interrupt that it caused
	 */
	Interruptible interruptible();

	/**
	 * Throws an exception if the run was asked to stop.
	 * @param runId the run, for the message
	 * @throws RunCancelledException if cancellation was requested
	 */
	void check(String runId);

	/**
	 * The period in which a thread may be interrupted; closing it ends the period.
	 */
	@FunctionalInterface
	interface Interruptible extends AutoCloseable {

		@Override
		void close();

	}

}
