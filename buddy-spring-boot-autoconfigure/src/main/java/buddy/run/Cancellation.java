package buddy.run;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a run was asked to stop, and what to stop with it.
 *
 * <p>
 * Cancelling is cooperative: it interrupts no thread but one that asked for it.
 */
public final class Cancellation {

	/** The cause of a run that someone cancelled. */
	public static final String CANCELLED = "cancelled";

	/** The cause of a run that took longer than it may. */
	public static final String TIMEOUT = "timeout";

	/** The cause of a run whose items nobody asked for any more. */
	public static final String ABANDONED = "abandoned";

	/** The cause of a run that did not end before its application stopped. */
	public static final String SHUTDOWN = "shutdown";

	/**
	 * The cause of a run whose record was ended or deleted by someone else while it went
	 * on.
	 */
	public static final String LOST = "lost";

	private static final Logger logger = LoggerFactory.getLogger(Cancellation.class);

	private final List<Runnable> actions = new ArrayList<>();

	private final Set<Cancellation> within = new LinkedHashSet<>();

	private String cause = CANCELLED;

	private @Nullable String reason;

	private boolean over;

	/**
	 * Asks the run to stop; the first reason stays.
	 * @param reason why
	 * @return whether this call was the first, and came before the run was over: the run
	 * will not end well then
	 */
	public boolean cancel(String reason) {
		return cancel(CANCELLED, reason);
	}

	/**
	 * Asks the run to stop for a certain cause; the first one stays.
	 * @param cause {@link #CANCELLED}, {@link #TIMEOUT}, {@link #ABANDONED},
	 * {@link #SHUTDOWN} or {@link #LOST}
	 * @param reason why, as a sentence tells it
	 * @return whether this call was the first, and came before the run was over
	 */
	public boolean cancel(String cause, String reason) {
		return cancel(cause, reason, Runnable::run);
	}

	/**
	 * The same, with what is to stop stopped on an executor.
	 * @param cause the cause
	 * @param reason why
	 * @param stopping runs what stops; it may take its time
	 * @return whether this call was the first, and came before the run was over
	 */
	public boolean cancel(String cause, String reason, Executor stopping) {
		List<Runnable> due;
		List<Cancellation> inner;
		synchronized (this) {
			if (this.reason != null || this.over) {
				return false;
			}
			this.cause = cause;
			this.reason = reason;
			due = List.copyOf(this.actions);
			inner = List.copyOf(this.within);
			this.actions.clear();
			this.within.clear();
		}
		// asked before this returns, whatever the executor: they must not go on unasked
		inner.forEach((other) -> other.cancel(cause, reason, stopping));
		if (!due.isEmpty()) {
			stopping.execute(() -> due.forEach(Cancellation::stop));
		}
		return true;
	}

	/**
	 * Asks the run to stop whenever the one around it is asked to, or at once if that was
	 * already, for the same cause.
	 * @param around the cancellation of the run around this one
	 * @return ends it
	 */
	public Runnable follow(Cancellation around) {
		String cause;
		String reason;
		synchronized (around) {
			cause = around.cause;
			reason = around.reason;
			if (reason == null) {
				around.within.add(this);
				return () -> around.forget(this);
			}
		}
		cancel(cause, reason);
		return () -> {
		};
	}

	private synchronized void forget(Cancellation inner) {
		this.within.remove(inner);
	}

	/**
	 * Lets no request to stop come any more, since the run is over.
	 * @return whether none had come before
	 */
	public synchronized boolean close() {
		this.over = true;
		this.actions.clear();
		this.within.clear();
		return this.reason == null;
	}

	/**
	 * Tells whether the run was asked to stop.
	 * @return whether it was
	 */
	public synchronized boolean cancelled() {
		return this.reason != null;
	}

	/**
	 * Returns for which cause the run was asked to stop.
	 * @return {@link #CANCELLED}, {@link #TIMEOUT}, {@link #ABANDONED}, {@link #SHUTDOWN}
	 * or {@link #LOST}
	 */
	public synchronized String cause() {
		return this.cause;
	}

	/**
	 * Returns why the run was asked to stop.
	 * @return the reason, or {@code null} if it was not
	 */
	public synchronized @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Returns what the callers of a run that was asked to stop get.
	 * @param runId the run, for the message
	 * @return a new exception
	 */
	public synchronized RunCancelledException exception(String runId) {
		String why = (this.reason != null) ? this.reason : "unknown";
		return this.cause.equals(TIMEOUT) ? new RunTimedOutException(runId, why)
				: new RunCancelledException(runId, why);
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

	/**
	 * Lets the calling thread be interrupted when the run is asked to stop, until the
	 * returned handle is closed on the same thread: for waits that nothing else ends, and
	 * that do no file I/O, which an interrupt can break.
	 * @return ends it, and takes back an interrupt that came of it
	 */
	public Interruptible interruptible() {
		ThreadInterrupt interrupt = new ThreadInterrupt(Thread.currentThread());
		Runnable forget = onCancel(interrupt);
		return () -> {
			forget.run();
			interrupt.end();
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
		if (cancelled()) {
			throw exception(runId);
		}
	}

	/**
	 * Ends the time in which a thread may be interrupted.
	 */
	@FunctionalInterface
	public interface Interruptible extends AutoCloseable {

		@Override
		void close();

	}

	/** Interrupts a thread, but never after it has left what it was doing. */
	private static final class ThreadInterrupt implements Runnable {

		private final Thread thread;

		private boolean ended;

		private boolean interrupted;

		ThreadInterrupt(Thread thread) {
			this.thread = thread;
		}

		@Override
		public synchronized void run() {
			if (!this.ended) {
				this.interrupted = true;
				this.thread.interrupt();
			}
		}

		synchronized void end() {
			this.ended = true;
			if (this.interrupted) {
				Thread.interrupted();
			}
		}

	}

}
