package buddy.workflow;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;
import buddy.session.IdempotencyKey;
import buddy.session.NewRun;

/**
 * Goes with the call that a start makes into the run that this call begins, so that who
 * started it learns its id, and its response when it has ended.
 */
final class RunTicket {

	private final String workflowId;

	private final StartOptions options;

	private final AtomicBoolean taken = new AtomicBoolean();

	private final CompletableFuture<String> begun = new CompletableFuture<>();

	private volatile @Nullable RunResponse response;

	RunTicket(String workflowId, StartOptions options) {
		this.workflowId = workflowId;
		this.options = options;
	}

	String workflowId() {
		return this.workflowId;
	}

	/** Only the first call of the workflow is the one that was started. */
	boolean takeFor(String workflow) {
		return this.workflowId.equals(workflow) && this.taken.compareAndSet(false, true);
	}

	/** Its id is told to somebody, who will look for it. */
	boolean recordsStart() {
		return this.options.recordStart();
	}

	@Nullable IdempotencyKey idempotencyKey(NewRun run) {
		StartOptions.Idempotency idempotency = this.options.idempotency();
		return (idempotency != null && !this.begun.isDone())
				? IdempotencyKey.of(run.workflowId(), run.userId(), idempotency.key(), idempotency.request()) : null;
	}

	void begun(NewRun run) {
		this.begun.complete(run.runId());
	}

	void ended(RunResponse response) {
		this.response = response;
	}

	CompletableFuture<String> begun() {
		return this.begun;
	}

	@Nullable RunResponse response() {
		return this.response;
	}

}
