package buddy.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Puts off what would interrupt work in progress until that work is done.
 *
 * <p>
 * Cancelling a Reactor subscription from another thread interrupts the worker it runs on.
 * There a tool or a subscriber may be writing to a file or a database, some of which an
 * interrupt breaks for everybody.
 */
final class IdlePeriod {

	private final List<Runnable> waiting = new ArrayList<>();

	private int working;

	/**
	 * Does some work.
	 * @param work what must not be interrupted
	 * @return what it gives
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
	 * Does some work that gives nothing.
	 * @param work what must not be interrupted
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
	 * Runs an action now, or where work is in progress, on its thread when it is done.
	 * @param action what may interrupt
	 */
	void await(Runnable action) {
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
