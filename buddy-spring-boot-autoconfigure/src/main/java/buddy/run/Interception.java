package buddy.run;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Sets up and restores thread state around a piece of work, on every thread that executes
 * it.
 */
public interface Interception {

	/**
	 * Called when the calling thread starts to execute the work, which it does until the
	 * returned entry is closed. Entries may be nested.
	 * @return the entry, closed on the same thread in reverse order
	 */
	Entry enter();

	/**
	 * Like {@link #enter()}, on a thread to which context propagation has already copied
	 * the application's thread-local values; those must not be set again.
	 * @return the entry
	 */
	default Entry enterPropagated() {
		return enter();
	}

	/**
	 * Captures the state of the calling thread within the work.
	 * @return a supplier that enters another thread with the captured state
	 */
	default Supplier<Entry> capture() {
		return this::enter;
	}

	/**
	 * Returns the values to add to the Reactor context of the work.
	 * @return values by context propagation key
	 */
	default Map<String, Object> contextValues() {
		return Map.of();
	}

	/**
	 * The period in which a thread executes the work; closing it restores the thread.
	 */
	@FunctionalInterface
	interface Entry extends AutoCloseable {

		/** An entry that has nothing to restore. */
		Entry NONE = () -> {
		};

		@Override
		void close();

		/**
		 * Leaves the work to execute other code, until the returned entry is closed.
		 * @return an entry that returns to the work when it is closed
		 */
		default Entry leave() {
			return NONE;
		}

	}

}
