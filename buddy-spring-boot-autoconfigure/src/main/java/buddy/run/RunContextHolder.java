package buddy.run;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.Interception.Entry;

/**
 * Binds a {@link RunContext}, and the scope for runs that are started next, to the
 * current thread.
 *
 * <p>
 * For internal use; it may change at any time.
 */
public final class RunContextHolder {

	/** The key of the run in a Reactor context and for context propagation. */
	public static final String KEY = "buddy.run";

	/** The key of the scope for context propagation. */
	public static final String SCOPE_KEY = "buddy.scope";

	/**
	 * Set to null rather than removed, since a thread is bound and released for every
	 * item of a stream.
	 */
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
	 * Returns the scope bound to this thread.
	 * @return the scope, or {@code null}
	 */
	public static @Nullable Object scope() {
		Bound bound = BOUND.get();
		return (bound != null) ? bound.scope() : null;
	}

	/**
	 * Binds a run to this thread, and no scope, until the binding is closed.
	 * @param context the run, or {@code null} for none
	 * @return a handle that restores the previous binding; close it on the same thread
	 */
	public static Binding bind(@Nullable RunContext context) {
		return bind(context, null, null);
	}

	/**
	 * Binds a scope within the run bound to this thread, until the binding is closed.
	 * @param scope the scope for runs that are started next
	 * @return a handle that restores the previous binding; close it on the same thread
	 */
	public static Binding bindScope(Object scope) {
		return bind(current(), scope, null);
	}

	/**
	 * Returns a task that sees the run and the scope bound to the calling thread now.
	 * @param task the task
	 * @return the wrapped task
	 */
	public static Runnable wrap(Runnable task) {
		RunContext context = current();
		Object scope = scope();
		Interception interception = interception(context);
		Supplier<Entry> captured = (interception != null) ? interception.capture() : null;
		return () -> {
			try (Binding binding = bind(context, scope, captured)) {
				task.run();
			}
		};
	}

	/**
	 * Binds a propagated run. Other thread-local values have been set by the propagation
	 * itself.
	 */
	static void setRun(@Nullable RunContext context) {
		Bound now = BOUND.get();
		Object scope = scope();
		if (now != null && now.propagated()) {
			now.entry().close();
			now = now.below();
		}
		Interception interception = interception(context);
		if (interception == Bound.interception(now)) {
			BOUND.set(Bound.of(context, scope, Bound.entry(now)));
			return;
		}
		Entry entry = (interception != null) ? interception.enterPropagated() : Bound.entry(now).leave();
		BOUND.set(new Bound(context, scope, entry, true, now));
	}

	static void setScope(@Nullable Object scope) {
		Bound now = BOUND.get();
		BOUND.set((now != null && now.propagated()) ? now.withScope(scope)
				: Bound.of(current(), scope, Bound.entry(now)));
	}

	private static Binding bind(@Nullable RunContext context, @Nullable Object scope,
			@Nullable Supplier<Entry> captured) {
		Bound previous = BOUND.get();
		Interception interception = interception(context);
		if (captured == null && interception == Bound.interception(previous)) {
			BOUND.set(Bound.of(context, scope, Bound.entry(previous)));
			return () -> BOUND.set(previous);
		}
		Entry entry = enter(interception, captured, previous);
		BOUND.set(Bound.of(context, scope, entry));
		return () -> {
			BOUND.set(previous);
			entry.close();
		};
	}

	private static Entry enter(@Nullable Interception interception, @Nullable Supplier<Entry> captured,
			@Nullable Bound previous) {
		if (captured != null) {
			return captured.get();
		}
		return (interception != null) ? interception.enter() : Bound.entry(previous).leave();
	}

	private static @Nullable Interception interception(@Nullable RunContext context) {
		return (context != null) ? context.interception() : null;
	}

	/**
	 * Restores the previous binding when it is closed.
	 */
	@FunctionalInterface
	public interface Binding extends AutoCloseable {

		@Override
		void close();

	}

	/**
	 * The binding of a thread.
	 *
	 * @param run the run, or {@code null}
	 * @param scope the scope, or {@code null}
	 * @param entry the entry of the run's interception on this thread
	 * @param propagated whether to close the entry when another run is propagated
	 * @param below the previous binding
	 */
	private record Bound(@Nullable RunContext run, @Nullable Object scope, Entry entry, boolean propagated,
			@Nullable Bound below) {

		static @Nullable Bound of(@Nullable RunContext run, @Nullable Object scope, Entry entry) {
			return (run != null || scope != null) ? new Bound(run, scope, entry, false, null) : null;
		}

		static @Nullable Interception interception(@Nullable Bound bound) {
			return (bound != null) ? RunContextHolder.interception(bound.run) : null;
		}

		static Entry entry(@Nullable Bound bound) {
			return (bound != null) ? bound.entry : Entry.NONE;
		}

		Bound withScope(@Nullable Object other) {
			return new Bound(this.run, other, this.entry, this.propagated, this.below);
		}

	}

}
