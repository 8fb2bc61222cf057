package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * Binds a {@link RunContext}, and the scope that the code around sets for the runs to
 * come, to the thread.
 */
public final class RunContextHolder {

	/** The key of the run in a Reactor context and for context propagation. */
	public static final String KEY = "buddy.run";

	/** The key of the scope for context propagation. */
	public static final String SCOPE_KEY = "buddy.scope";

	/** Set to null rather than removed: a thread is bound and freed at every item. */
	private static final ThreadLocal<@Nullable Bound> BOUND = new ThreadLocal<>();

	private RunContextHolder() {
	}

	/**
	 * Returns the run bound to this thread.
	 * @return the run, or {@code null}
	 */
	public static @Nullable RunContext current() {
		Bound bound = BOUND.get();
		return (bound != null) ? bound.run() : null;
	}

	/**
	 * Returns what is set on this thread for the runs to come.
	 * @return the scope, or {@code null}
	 */
	public static @Nullable Object scope() {
		Bound bound = BOUND.get();
		return (bound != null) ? bound.scope() : null;
	}

	/**
	 * Binds a run to this thread, and no scope, until the binding is closed.
	 * @param context the run, or {@code null} for none
	 * @return restores what was bound before; close it on the same thread
	 */
	public static Binding bind(@Nullable RunContext context) {
		return bind(context, null);
	}

	/**
	 * Binds a scope within the run bound to this thread, until the binding is closed.
	 * @param scope what is set for the runs to come
	 * @return restores what was bound before; close it on the same thread
	 */
	public static Binding bindScope(Object scope) {
		return bind(current(), scope);
	}

	/**
	 * Returns a task that sees the run and the scope bound to the calling thread now.
	 * @param task the task
	 * @return the task to hand over
	 */
	public static Runnable wrap(Runnable task) {
		RunContext context = current();
		Object scope = scope();
		return () -> {
			try (Binding binding = bind(context, scope)) {
				task.run();
			}
		};
	}

	static void setRun(@Nullable RunContext context) {
		BOUND.set(Bound.of(context, scope()));
	}

	static void setScope(@Nullable Object scope) {
		BOUND.set(Bound.of(current(), scope));
	}

	private static Binding bind(@Nullable RunContext context, @Nullable Object scope) {
		Bound previous = BOUND.get();
		BOUND.set(Bound.of(context, scope));
		return () -> BOUND.set(previous);
	}

	/**
	 * Restores what was bound before.
	 */
	@FunctionalInterface
	public interface Binding extends AutoCloseable {

		@Override
		void close();

	}

	/** What a thread is bound to. */
	private record Bound(@Nullable RunContext run, @Nullable Object scope) {

		static @Nullable Bound of(@Nullable RunContext run, @Nullable Object scope) {
			return (run != null || scope != null) ? new Bound(run, scope) : null;
		}

	}

}
