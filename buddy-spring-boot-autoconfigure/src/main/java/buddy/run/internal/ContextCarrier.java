package buddy.run.internal;

import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.util.ClassUtils;

/**
 * Carries what is bound to a thread to another one, where
 * {@code io.micrometer:context-propagation} is present: the security context, the
 * observation, and whatever else has an accessor.
 */
public final class ContextCarrier {

	private static final boolean PRESENT = ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
			ContextCarrier.class.getClassLoader());

	private ContextCarrier() {
	}

	/**
	 * Returns a task that sees what is bound to the calling thread now.
	 * @param task the task
	 * @return the task to hand over
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
