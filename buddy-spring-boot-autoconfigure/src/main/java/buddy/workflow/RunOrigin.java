package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.run.Interceptions;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunStart;
import buddy.session.NewRun;

/**
 * What those who stand around runs took down where a workflow was called.
 *
 * @param taken what each of them took down
 */
record RunOrigin(List<Taken> taken) {

	private static final RunOrigin NONE = new RunOrigin(List.of());

	static RunOrigin of(List<RunInterceptor> interceptors, Function<String, @Nullable Object> context) {
		if (interceptors.isEmpty()) {
			return NONE;
		}
		List<Taken> taken = new ArrayList<>(interceptors.size());
		for (RunInterceptor interceptor : interceptors) {
			taken.add(new Taken(interceptor, Interceptions.guarded(() -> interceptor.origin(context))));
		}
		return new RunOrigin(taken);
	}

	/** Takes from another origin, of the same interceptors, what this one lacks. */
	RunOrigin or(RunOrigin other) {
		List<Taken> both = new ArrayList<>(this.taken.size());
		for (int i = 0; i < this.taken.size(); i++) {
			both.add((this.taken.get(i).origin() != null) ? this.taken.get(i) : other.taken.get(i));
		}
		return new RunOrigin(both);
	}

	/** Tells all of them that a run starts. */
	@Nullable Interceptions<RunInterception> start(NewRun run) {
		if (this.taken.isEmpty()) {
			return null;
		}
		RunStart start = new RunStart(run.runId(), run.workflowId(), run.sessionId(), run.userId(), run.parentRunId(),
				run.input(), null);
		return Interceptions.start(this.taken, (one) -> one.by().starting(start.withOrigin(one.origin())));
	}

	/** What one of them took down. */
	record Taken(RunInterceptor by, @Nullable Object origin) {
	}

}
