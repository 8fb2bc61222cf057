package buddy.run;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a run was asked to stop, and what to stop with it.
 *
 * <p>
 * Cancelling is cooperative: it interrupts no thread.
 */
public final class Cancellation {

	private static final Logger logger = LoggerFactory.getLogger(Cancellation.class);

	private final List<Runnable> actions = new ArrayList<>();

	private @Nullable String reason;

	/**
	 * Asks the run to stop; the first reason stays.
	 * @param reason why
	 * @return whether this call was the first
	 */
	public boolean cancel(String reason) {
		List<Runnable> due;
		synchronized (this) {
			if (this.reason != null) {
				return false;
			}
			this.reason = reason;
			due = List.copyOf(this.actions);
			this.actions.clear();
		}
		due.forEach(Cancellation::stop);
		return true;
	}

	/**
	 * Tells whether the run was asked to stop.
	 * @return whether it was
	 */
	public synchronized boolean cancelled() {
		return this.reason != null;
	}

	/**
	 * Returns why the run was asked to stop.
	 * @return the reason, or {@code null} if it was not
	 */
	public synchronized @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Runs an action when the run is asked to stop, or at once if it was already.
	 * @param action what to stop; it must not throw
	 * @return removes the action again
	 */
	public Runnable onCancel(Runnable action) {
		synchronized (this) {
			if (this.reason == null) {
				this.actions.add(action);
				return () -> remove(action);
			}
		}
		stop(action);
		return () -> {
		};
	}

	/** One that fails must not keep the others from stopping. */
	private static void stop(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			logger.warn("What a cancelled run was waiting for failed to stop", ex);
		}
	}

	private synchronized void remove(Runnable action) {
		this.actions.remove(action);
	}

	/**
	 * Throws if the run was asked to stop.
	 * @param runId the run, for the message
	 * @throws RunCancelledException if it was
	 */
	public void check(String runId) {
		String why = reason();
		if (why != null) {
			throw new RunCancelledException(runId, why);
		}
	}

}
