package buddy.workflow.internal.live;

import java.util.Objects;
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
 * Handle that a start attaches to its call, and that is passed to the run that this call
 * begins. It provides the starter with the id of the run, and with its response once the
 * run has ended.
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

	private final @Nullable Consumer<RunRequest> submission;

	private final @Nullable String queueKey;

	private volatile Runnable whenFurther = () -> {
	};

	public StartHandle(String workflowId, StartOptions options) {
		this(workflowId, options, true, null, null);
	}

	private StartHandle(String workflowId, StartOptions options, boolean started,
			@Nullable Consumer<RunRequest> submission, @Nullable String queueKey) {
		this.workflowId = workflowId;
		this.options = options;
		this.started = started;
		this.submission = submission;
		this.queueKey = queueKey;
	}

	/**
	 * Creates a handle for a call that is queued instead of executed.
	 * @param workflowId the workflow
	 * @param options the options
	 * @param queueKey the key by which runs are limited together, or {@code null}
	 * @param submission queues the call
	 * @return the handle
	 */
	public static StartHandle ofSubmission(String workflowId, StartOptions options, @Nullable String queueKey,
			Consumer<RunRequest> submission) {
		return new StartHandle(workflowId, options, true, submission, queueKey);
	}

	/** Returns whether a call of a workflow in a scope is queued. */
	public static boolean isSubmission(WorkflowScope scope, String workflow) {
		return WorkflowInternals.attachment(scope) instanceof StartHandle ticket && ticket.submission != null
				&& ticket.workflowId.equals(workflow) && !ticket.taken.get();
	}

	/** Returns the key by which queued runs are limited together. */
	@Nullable String queueKey() {
		return this.queueKey;
	}

	/** Returns whether the call is queued instead of executed. */
	public boolean submits() {
		return this.submission != null;
	}

	/**
	 * Queues a call.
	 * @param request the call
	 */
	public void submit(RunRequest request) {
		Objects.requireNonNull(this.submission).accept(request);
	}

	/** Creates a handle for a run whose caller receives its exception. */
	public static StartHandle ofCall(String workflowId) {
		return new StartHandle(workflowId, StartOptions.here(), false, null, null);
	}

	/**
	 * Sets what is executed once the run, or one that it calls, records something that no
	 * earlier execution of it has recorded.
	 */
	public StartHandle whenFurther(Runnable action) {
		this.whenFurther = action;
		return this;
	}

	/** Reports that the run has recorded something new. */
	public void further() {
		this.whenFurther.run();
	}

	/** Returns whether the outcome of the run may never be checked. */
	boolean started() {
		return this.started;
	}

	public String workflowId() {
		return this.workflowId;
	}

	/**
	 * Takes the handle that a scope carries, if it is for this workflow. Only the first
	 * call of the workflow gets it.
	 */
	public static @Nullable StartHandle taken(WorkflowScope scope, String workflow) {
		return (WorkflowInternals.attachment(scope) instanceof StartHandle ticket && ticket.takeFor(workflow)) ? ticket
				: null;
	}

	private boolean takeFor(String workflow) {
		return this.workflowId.equals(workflow) && this.taken.compareAndSet(false, true);
	}

	/** Returns whether the start is recorded, so that the run can be found by its id. */
	boolean recordsStart() {
		return this.options.recordStart();
	}

	@Nullable IdempotencyKey idempotencyKey(NewRun run) {
		StartOptions.Idempotency idempotency = this.options.idempotency();
		return (idempotency != null && !this.used.get())
				? IdempotencyKey.of(run.key(), idempotency.key(), idempotency.request()) : null;
	}

	/**
	 * Reports the id of a run before any of its events is published. Only the first run
	 * of the call is reported.
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

	/**
	 * Reports a run that waits for its turn as begun, if its start is recorded. The wait
	 * may be long, and the run can be found by its id already.
	 */
	public void queued(NewRun run) {
		if (recordsStart()) {
			begun(run);
		}
	}

	/** Completes the future of the begin, once the run's first event was published. */
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
