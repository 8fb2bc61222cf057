package buddy.workflow.internal.execution;

import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepFailedException;
import buddy.json.internal.Json;
import buddy.run.RunCancelledException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.internal.StopReasons;
import buddy.storage.StoredRun;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.RunRequest;

/**
 * The call of a workflow by a run whose calls are recorded.
 *
 * @param key the key of the call
 * @param run the run that an earlier execution has begun with it, or {@code null}
 * @param retry whether the calling run tries again what has failed in it
 * @param failures is told of a failure that is handed back
 */
public record NestedCall(String key, @Nullable StoredRun run, boolean retry, Consumer<Throwable> failures) {

	/** Returns whether the outcome of the run is handed back. */
	public boolean isOutcome() {
		StoredRun known = this.run;
		if (known == null || !known.status().isTerminal()) {
			return false;
		}
		return known.status() == RunStatus.COMPLETED || (!this.retry && !StopReasons.isResumable(known.reason()));
	}

	/** Returns the call with what is needed to begin its run, or to continue it. */
	public RunRequest of(RunRequest request) {
		StoredRun known = this.run;
		return request.nested(this.key, (known != null) ? new ContinuedRun(known, false, this.retry, null) : null);
	}

	/**
	 * Hands back the outcome of the run.
	 * @return its response
	 */
	public RunResponse outcome() {
		StoredRun known = this.run;
		if (known == null) {
			throw new IllegalStateException("Call '" + this.key + "' has no outcome");
		}
		RunResponse response = known.toResponse();
		if (known.status() == RunStatus.COMPLETED && response != null) {
			return response;
		}
		Map<String, @Nullable Object> error = (known.error() != null) ? Json.readMap(known.error()) : Map.of();
		String message = String.valueOf(error.get("message"));
		RuntimeException failure = (known.status() == RunStatus.CANCELLED)
				? new RunCancelledException(known.runId(), message)
				: new StepFailedException(this.key, String.valueOf(error.get("type")), message);
		this.failures.accept(failure);
		throw failure;
	}

}
