package buddy.workflow.internal.execution;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunStart;
import buddy.run.internal.Interceptions;
import buddy.storage.NewRun;

/**
 * Context captured by the interceptors at the call site of a workflow.
 */
final class CapturedContext {

	private final List<RunInterceptor> interceptors;

	/** The captured values by interceptor index; null if nothing was captured. */
	private final @Nullable Object @Nullable [] taken;

	private CapturedContext(List<RunInterceptor> interceptors, @Nullable Object @Nullable [] taken) {
		this.interceptors = interceptors;
		this.taken = taken;
	}

	static CapturedContext of(List<RunInterceptor> interceptors, Function<String, @Nullable Object> context) {
		@Nullable Object[] taken = null;
		for (int i = 0; i < interceptors.size(); i++) {
			Object origin = Interceptions.ask(interceptors.get(i), (one) -> one.origin(context));
			if (origin != null) {
				taken = (taken != null) ? taken : new @Nullable Object[interceptors.size()];
				taken[i] = origin;
			}
		}
		return new CapturedContext(interceptors, taken);
	}

	/**
	 * Returns a context that adds the values of another one where this one has none. Both
	 * must have the same interceptors.
	 */
	CapturedContext or(CapturedContext other) {
		if (this.taken == null || other.taken == null) {
			return (this.taken != null) ? this : other;
		}
		@Nullable Object[] both = this.taken.clone();
		for (int i = 0; i < both.length; i++) {
			both[i] = (both[i] != null) ? both[i] : other.taken[i];
		}
		return new CapturedContext(this.interceptors, both);
	}

	/** Notifies all interceptors that a run starts. */
	@Nullable Interceptions<RunInterception> start(NewRun run) {
		if (this.interceptors.isEmpty()) {
			return null;
		}
		RunStart start = new RunStart(run.key(), run.parentRunId(), run.input(), run.epoch(), null);
		return Interceptions.start(this.interceptors, (one) -> one.starting(of(one, start)));
	}

	private RunStart of(RunInterceptor interceptor, RunStart start) {
		return (this.taken != null) ? start.withOrigin(this.taken[this.interceptors.indexOf(interceptor)]) : start;
	}

}
