package buddy.agent;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;

/**
 * Decides whether a model is called, and is told what each call has used. It stands
 * before every request to a model, also within the loop of tools, but not before those
 * whose recorded answer is handed back.
 */
@FunctionalInterface
public interface ModelCallGuard {

	/**
	 * Called before a request to a model, on the thread that makes it.
	 * @param run the part of the run that the request belongs to, or {@code null} outside
	 * of a run
	 * @param waits whether the run may wait at this place: not within a stream
	 * @return what is told the use of the call
	 * @throws RuntimeException if the request is refused
	 */
	Permit request(@Nullable RunContext run, boolean waits);

	/**
	 * A request that may be made.
	 */
	@FunctionalInterface
	interface Permit {

		/**
		 * Called when the model has answered, unless the answer was recorded before.
		 * @param usage what the request has used
		 */
		void used(ModelUsage usage);

	}

}
