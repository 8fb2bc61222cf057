package buddy.run;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Stands around a piece of work, on every thread that does it.
 */
public interface Interception {

	/**
	 * Comes onto the calling thread, which does the work from now on until the entry is
	 * closed. A thread may be entered again within an entry.
	 * @return the entry; it is closed on the same thread, the last one first
	 */
	Entry enter();

	/**
	 * Comes onto the calling thread where all that the application propagates between
	 * threads comes along: whatever is among that is not to be set again.
	 * @return the entry
	 */
	default Entry enterPropagated() {
		return enter();
	}

	/**
	 * Takes down what is current on the calling thread within the work.
	 * @return enters another thread with that
	 */
	default Supplier<Entry> capture() {
		return this::enter;
	}

	/**
	 * Returns what belongs into a Reactor context of the work.
	 * @return values by their keys of context propagation
	 */
	default Map<String, Object> contextValues() {
		return Map.of();
	}

	/**
	 * The time of a thread within the work.
	 */
	@FunctionalInterface
	interface Entry extends AutoCloseable {

		/** An entry that has changed nothing. */
		Entry NONE = () -> {
		};

		@Override
		void close();

		/**
		 * Leaves the work for code that is none of it, until the returned entry is
		 * closed.
		 * @return comes back
		 */
		default Entry leave() {
			return NONE;
		}

	}

}
