package buddy.run.internal;

import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.util.ClassUtils;

/**
 * Propagates thread-local values with {@code io.micrometer:context-propagation}, where it
 * is present: the security context, the observation, and all others that have an
 * accessor.
 */
public final class ContextCarrier {

	private static final boolean PRESENT = ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
			ContextCarrier.class.getClassLoader());

	private ContextCarrier() {
	}

	/**
	 * Returns a task that sees the thread-local values of the calling thread.
	 * @param task the task
	 * @return the wrapped task
	 */
	public static Runnable wrap(Runnable task) {
		return PRESENT ? Propagation.wrap(task) : task;
	}

	private static final class Propagation {

		private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();

		static Runnable wrap(Runnable task) {
			return SNAPSHOTS.captureAll().wrap(task);
		}

	}

}
