package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * Whether a run was asked to stop, and what to stop with it.
 *
 * <p>
 * Cancelling is cooperative: it interrupts no thread but one that asked for it.
 */
public interface Cancellation {

	/** The cause of a run that someone cancelled. */
	String CANCELLED = "cancelled";

	/** The cause of a run that took longer than it may. */
	String TIMEOUT = "timeout";

	/** The cause of a run whose items nobody asked for any more. */
	String ABANDONED = "abandoned";

	/** The cause of a run that did not end before its application stopped. */
	String SHUTDOWN = "shutdown";

	/**
	 * The cause of a run whose record was ended or deleted by someone else while it went
	 * on.
	 */
	String LOST = "lost";

	/**
	 * Tells whether the run was asked to stop.
	 * @return whether it was
	 */
	boolean cancelled();

	/**
	 * Returns for which cause the run was asked to stop.
	 * @return {@link #CANCELLED}, {@link #TIMEOUT}, {@link #ABANDONED}, {@link #SHUTDOWN}
	 * or {@link #LOST}
	 */
	String cause();

	/**
	 * Returns why the run was asked to stop.
	 * @return the reason, or {@code null} if it was not
	 */
	@Nullable String reason();

	/**
	 * Returns what the callers of a run that was asked to stop get.
	 * @param runId the run, for the message
	 * @return a new exception
	 */
	RunCancelledException exception(String runId);

	/**
	 * Runs an action when the run is asked to stop, or at once if it was already.
	 * @param action what to stop; it must not throw
	 * @return removes the action again
	 */
	Runnable onCancel(Runnable action);

	/**
	 * Lets the calling thread be interrupted when the run is asked to stop, until the
	 * returned handle is closed on the same thread: for waits that nothing else ends, and
	 * that do no file I/O, which an interrupt can break.
	 * @return ends it, and takes back an interrupt that came of it
	 */
	Interruptible interruptible();

	/**
	 * Throws if the run was asked to stop.
	 * @param runId the run, for the message
	 * @throws RunCancelledException if it was
	 */
	void check(String runId);

	/**
	 * Ends the time in which a thread may be interrupted.
	 */
	@FunctionalInterface
	interface Interruptible extends AutoCloseable {

		@Override
		void close();

	}

}
