package buddy.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Defers interrupts of a thread until its current work is done.
 *
 * <p>
 * Cancelling a Reactor subscription from another thread interrupts the worker it runs on.
 * A tool or a subscriber may be writing to a file or a database there, and some of these,
 * such as an H2 file, break for all connections when interrupted.
 */
final class InterruptGuard {

	private final List<Runnable> waiting = new ArrayList<>();

	private int working;

	/**
	 * Executes work that must not be interrupted.
	 * @param work the work
	 * @return its result
	 */
	<T> T during(Supplier<T> work) {
		begin();
		try {
			return work.get();
		}
		finally {
			due().forEach(Runnable::run);
		}
	}

	/**
	 * Executes work without a result that must not be interrupted.
	 * @param work the work
	 */
	void during(Runnable work) {
		begin();
		try {
			work.run();
		}
		finally {
			due().forEach(Runnable::run);
		}
	}

	/**
	 * Runs an action now or, if work is in progress, after it on the same thread.
	 * @param action the action, which may interrupt
	 */
	void runAfterWork(Runnable action) {
		synchronized (this) {
			if (this.working > 0) {
				this.waiting.add(action);
				return;
			}
		}
		action.run();
	}

	private synchronized void begin() {
		this.working++;
	}

	private synchronized List<Runnable> due() {
		if (--this.working > 0) {
			return List.of();
		}
		List<Runnable> due = List.copyOf(this.waiting);
		this.waiting.clear();
		return due;
	}

}
