package buddy.run.internal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunTimedOutException;

/**
 * The side of a {@link Cancellation} that requests it, hidden from the code of the run.
 */
public final class CancellationSource implements Cancellation {

	private static final Logger logger = LoggerFactory.getLogger(CancellationSource.class);

	private final List<Runnable> actions = new ArrayList<>();

	private final Set<CancellationSource> within = new LinkedHashSet<>();

	private String cause = CANCELLED;

	private @Nullable String reason;

	private @Nullable Error signal;

	private boolean over;

	/**
	 * Returns the source of a cancellation.
	 * @param cancellation the cancellation that the code of the run sees
	 * @return the source
	 */
	public static CancellationSource of(Cancellation cancellation) {
		return (CancellationSource) cancellation;
	}

	/**
	 * Asks the run to stop. Only the first request counts.
	 * @param reason the reason
	 * @return whether this was the first request and came before the run was over, so
	 * that the run will not complete
	 */
	public boolean cancel(String reason) {
		return cancel(CANCELLED, reason);
	}

	/**
	 * Asks the run to stop for a given cause. Only the first request counts.
	 * @param cause {@link #CANCELLED}, {@link #TIMEOUT}, {@link #ABANDONED},
	 * {@link #SHUTDOWN} or {@link #LOST}
	 * @param reason the reason, for messages
	 * @return whether this was the first request and came before the run was over
	 */
	public boolean cancel(String cause, String reason) {
		return cancel(cause, reason, Runnable::run);
	}

	/**
	 * Asks the run to stop for a given cause, and runs the registered actions on an
	 * executor.
	 * @param cause the cause
	 * @param reason the reason
	 * @param stopping runs the registered actions, which may take a while
	 * @return whether this was the first request and came before the run was over
	 */
	public boolean cancel(String cause, String reason, Executor stopping) {
		return cancel(cause, reason, null, stopping);
	}

	/**
	 * Stops this execution of the run at once: every later check throws the signal, which
	 * is not an exception, so that code that catches exceptions does not swallow it. The
	 * first signal stays.
	 * @param signal the signal
	 * @return the signal to throw
	 */
	public Error suspend(Error signal) {
		return suspend(signal, Runnable::run);
	}

	/**
	 * Stops this execution of the run at once, and runs the registered actions on an
	 * executor.
	 * @param signal the signal
	 * @param stopping runs the registered actions, which may take a while
	 * @return the signal to throw
	 */
	public Error suspend(Error signal, Executor stopping) {
		synchronized (this) {
			if (this.signal == null) {
				this.signal = signal;
			}
		}
		cancel(LOST, String.valueOf(signal.getMessage()), signal, stopping);
		Error first = signal();
		return (first != null) ? first : signal;
	}

	/**
	 * Returns the signal that stopped this execution of the run.
	 * @return the signal, or {@code null} if there is none
	 */
	public synchronized @Nullable Error signal() {
		return this.signal;
	}

	private boolean cancel(String cause, String reason, @Nullable Error signal, Executor stopping) {
		List<Runnable> due;
		List<CancellationSource> inner;
		synchronized (this) {
			if (this.reason != null || this.over) {
				return false;
			}
			this.cause = cause;
			this.reason = reason;
			this.signal = (this.signal != null) ? this.signal : signal;
			due = List.copyOf(this.actions);
			inner = List.copyOf(this.within);
			this.actions.clear();
			this.within.clear();
		}
		// nested runs are asked before this returns, whatever the executor does
		inner.forEach((other) -> other.cancel(cause, reason, signal, stopping));
		if (!due.isEmpty()) {
			stopping.execute(() -> due.forEach(CancellationSource::stop));
		}
		return true;
	}

	/**
	 * Cancels this run when the run around it is cancelled, for the same cause;
	 * immediately if that was cancelled already.
	 * @param outer the cancellation of the run around this one
	 * @return a handle that ends this
	 */
	public Runnable follow(Cancellation outer) {
		CancellationSource around = of(outer);
		String cause;
		String reason;
		Error signal;
		synchronized (around) {
			cause = around.cause;
			reason = around.reason;
			signal = around.signal;
			if (reason == null) {
				around.within.add(this);
				return () -> around.forget(this);
			}
		}
		cancel(cause, reason, signal, Runnable::run);
		return () -> {
		};
	}

	private synchronized void forget(CancellationSource inner) {
		this.within.remove(inner);
	}

	/**
	 * Rejects further requests, since the run is over.
	 * @return whether there was no request before
	 */
	public synchronized boolean close() {
		this.over = true;
		this.actions.clear();
		this.within.clear();
		return this.reason == null;
	}

	@Override
	public synchronized boolean cancelled() {
		return this.reason != null;
	}

	@Override
	public synchronized String cause() {
		return this.cause;
	}

	@Override
	public synchronized @Nullable String reason() {
		return this.reason;
	}

	@Override
	public synchronized RunCancelledException exception(String runId) {
		String why = (this.reason != null) ? this.reason : "unknown";
		return (this.cause.equals(TIMEOUT) || this.cause.equals(DEADLINE)) ? new RunTimedOutException(runId, why)
				: new RunCancelledException(runId, why);
	}

	@Override
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

	@Override
	public Interruptible interruptible() {
		ThreadInterrupt interrupt = new ThreadInterrupt(Thread.currentThread());
		Runnable forget = onCancel(interrupt);
		return () -> {
			forget.run();
			interrupt.end();
		};
	}

	/** Runs an action; if it fails, the others must still run. */
	private static void stop(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			logger.warn("An action registered for the cancellation of a run failed", ex);
		}
	}

	private synchronized void remove(Runnable action) {
		this.actions.remove(action);
	}

	@Override
	public void check(String runId) {
		Error stopped = signal();
		if (stopped != null) {
			throw stopped;
		}
		if (cancelled()) {
			throw exception(runId);
		}
	}

	/** Interrupts a thread, but never after it has left the interruptible period. */
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
