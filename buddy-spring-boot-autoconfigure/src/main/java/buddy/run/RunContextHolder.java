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

	private static final ThreadLocal<@Nullable RunContext> RUN = new ThreadLocal<>();

	private static final ThreadLocal<@Nullable Object> SCOPE = new ThreadLocal<>();

	private RunContextHolder() {
	}

	/**
	 * Returns the run bound to this thread.
	 * @return the run, or {@code null}
	 */
	public static @Nullable RunContext current() {
		return RUN.get();
	}

	/**
	 * Returns what is set on this thread for the runs to come.
	 * @return the scope, or {@code null}
	 */
	public static @Nullable Object scope() {
		return SCOPE.get();
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
		if (context != null) {
			RUN.set(context);
		}
		else {
			RUN.remove();
		}
	}

	static void setScope(@Nullable Object scope) {
		if (scope != null) {
			SCOPE.set(scope);
		}
		else {
			SCOPE.remove();
		}
	}

	private static Binding bind(@Nullable RunContext context, @Nullable Object scope) {
		RunContext previous = current();
		Object previousScope = scope();
		setRun(context);
		setScope(scope);
		return () -> {
			setRun(previous);
			setScope(previousScope);
		};
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
