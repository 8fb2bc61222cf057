package buddy.workflow.internal.live;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.RunResponse;
import buddy.storage.IdempotencyKey;
import buddy.storage.NewRun;
import buddy.workflow.StartOptions;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowScope;

/**
 * Goes with the call that a start makes into the run that this call begins, so that who
 * started it learns its id, and its response when it has ended.
 */
public final class StartHandle {

	private static final Logger logger = LoggerFactory.getLogger(StartHandle.class);

	private final String workflowId;

	private final StartOptions options;

	private final boolean started;

	private final AtomicBoolean taken = new AtomicBoolean();

	private final AtomicBoolean used = new AtomicBoolean();

	private final CompletableFuture<String> begun = new CompletableFuture<>();

	private volatile @Nullable RunResponse response;

	public StartHandle(String workflowId, StartOptions options) {
		this(workflowId, options, true);
	}

	private StartHandle(String workflowId, StartOptions options, boolean started) {
		this.workflowId = workflowId;
		this.options = options;
		this.started = started;
	}

	/** Of a run whose caller gets its exception. */
	public static StartHandle ofCall(String workflowId) {
		return new StartHandle(workflowId, StartOptions.here(), false);
	}

	/** Whether nobody may look at what the run ended with. */
	boolean started() {
		return this.started;
	}

	public String workflowId() {
		return this.workflowId;
	}

	/**
	 * Takes the ticket that a scope carries: only the first call of the workflow is the
	 * one that was started.
	 */
	public static @Nullable StartHandle taken(WorkflowScope scope, String workflow) {
		return (WorkflowInternals.attachment(scope) instanceof StartHandle ticket && ticket.takeFor(workflow)) ? ticket
				: null;
	}

	private boolean takeFor(String workflow) {
		return this.workflowId.equals(workflow) && this.taken.compareAndSet(false, true);
	}

	/** Its id is told to somebody, who will look for it. */
	boolean recordsStart() {
		return this.options.recordStart();
	}

	@Nullable IdempotencyKey idempotencyKey(NewRun run) {
		StartOptions.Idempotency idempotency = this.options.idempotency();
		return (idempotency != null && !this.used.get())
				? IdempotencyKey.of(run.key(), idempotency.key(), idempotency.request()) : null;
	}

	/**
	 * A run may begin, of which nothing has been told yet; only the first one is meant.
	 */
	public void opened(NewRun run) {
		Consumer<String> listener = this.options.onBegin();
		if (!this.used.compareAndSet(false, true) || listener == null) {
			return;
		}
		try {
			listener.accept(run.runId());
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Who started run '{}' of workflow '{}' failed to take its id", run.runId(), run.workflowId(),
					ex);
		}
	}

	/** It waits for its turn, which may be long in coming: who looks for it finds it. */
	public void queued(NewRun run) {
		if (recordsStart()) {
			begun(run);
		}
	}

	/** Wakes up who waits for the begin: the run's first event has been told by now. */
	public void begun(NewRun run) {
		this.begun.complete(run.runId());
	}

	public void ended(RunResponse response) {
		this.response = response;
	}

	public CompletableFuture<String> begun() {
		return this.begun;
	}

	public @Nullable RunResponse response() {
		return this.response;
	}

}
