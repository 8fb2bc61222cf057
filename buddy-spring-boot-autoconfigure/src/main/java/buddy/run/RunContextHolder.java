package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * Binds a {@link RunContext} to the thread.
 */
public final class RunContextHolder {

	/** The key of the run in a Reactor context. */
	public static final String KEY = "buddy.run";

	private static final ThreadLocal<@Nullable RunContext> CURRENT = new ThreadLocal<>();

	private RunContextHolder() {
	}

	/**
	 * Returns the run bound to this thread.
	 * @return the run, or {@code null}
	 */
	public static @Nullable RunContext current() {
		return CURRENT.get();
	}

	/**
	 * Binds a run to this thread until the binding is closed.
	 * @param context the run, or {@code null} for none
	 * @return restores what was bound before; close it on the same thread
	 */
	public static Binding bind(@Nullable RunContext context) {
		RunContext previous = CURRENT.get();
		set(context);
		return () -> set(previous);
	}

	/**
	 * Returns a task that sees the run bound to the calling thread now.
	 * @param task the task
	 * @return the task to hand over
	 */
	public static Runnable wrap(Runnable task) {
		RunContext context = CURRENT.get();
		return () -> {
			try (Binding binding = bind(context)) {
				task.run();
			}
		};
	}

	private static void set(@Nullable RunContext context) {
		if (context != null) {
			CURRENT.set(context);
		}
		else {
			CURRENT.remove();
		}
	}

	/**
	 * Restores what was bound before.
	 */
	@FunctionalInterface
	public interface Binding extends AutoCloseable {

		@Override
		void close();

	}

}
