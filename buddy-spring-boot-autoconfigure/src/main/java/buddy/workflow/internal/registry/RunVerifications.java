package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.internal.EndOfJournalException;
import buddy.durable.internal.RunSignal;
import buddy.durable.internal.StepMismatchException;
import buddy.durable.internal.UnreadableStepException;
import buddy.json.internal.InputMismatchException;
import buddy.run.Cancellation;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.run.internal.StopReasons;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InvalidAnswerException;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.RunVerification;
import buddy.workflow.RunVerificationTimeoutException;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * Compares the code of workflows with the recorded steps of runs.
 */
final class RunVerifications {

	private static final Set<RunStatus> UNFINISHED = Set.of(RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PAUSED,
			RunStatus.ERROR, RunStatus.CANCELLED);

	/**
	 * How many verifications with a time limit may be in progress, late ones included.
	 */
	private static final int MAX_LIMITED = 16;

	private static final Executor THREADS = DaemonThreads.named("buddy-verify-");

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final Calls calls;

	private final Semaphore limited = new Semaphore(MAX_LIMITED);

	RunVerifications(Supplier<WorkflowSessionRepository> repository, RunJournal journal, Calls calls) {
		this.repository = repository;
		this.journal = journal;
		this.calls = calls;
	}

	/** Compares the code of a run's workflow with the run's steps, on this thread. */
	RunVerification verify(StoredRun run) {
		if (hasDeletedSteps(run)) {
			return deleted(run);
		}
		return result(run, () -> {
			CompletionStage<RunResponse> called = call(run, new CancellationSource(), Runnable::run);
			return called.toCompletableFuture().get();
		});
	}

	/**
	 * Compares the code of a run's workflow with the run's steps, on a thread of its own.
	 * @throws RunVerificationTimeoutException if the code takes longer; it is asked to
	 * stop
	 */
	RunVerification verify(StoredRun run, Duration limit) {
		if (hasDeletedSteps(run)) {
			return deleted(run);
		}
		if (!this.limited.tryAcquire()) {
			throw new RejectedExecutionException(MAX_LIMITED
					+ " runs are compared with their code already, and some of that code may hang; try again later");
		}
		CancellationSource stop = new CancellationSource();
		return result(run, () -> {
			CompletionStage<RunResponse> called;
			try {
				called = call(run, stop, THREADS);
			}
			catch (RuntimeException | Error ex) {
				this.limited.release();
				throw ex;
			}
			called.whenComplete((response, failure) -> this.limited.release());
			try {
				return called.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				stop.cancel(Cancellation.TIMEOUT, "it was compared with its steps for longer than " + limit, THREADS);
				throw new RunVerificationTimeoutException(run.runId(), limit);
			}
			catch (InterruptedException ex) {
				stop.cancel(Cancellation.CANCELLED, "nobody waits for the comparison any more", THREADS);
				throw ex;
			}
		});
	}

	/**
	 * Checks an answer with the type that the run's code awaits: the code is called with
	 * what is recorded, up to the question.
	 * @param check refuses answers of the right type
	 * @return the answer as JSON
	 * @throws InvalidAnswerException if it is no answer to the question
	 * @throws RunNotResumableException if the code does not come to the question
	 */
	String checkAnswer(StoredRun run, String key, @Nullable Object answer, Consumer<Object> check) {
		AtomicReference<@Nullable String> json = new AtomicReference<>();
		AtomicReference<@Nullable RuntimeException> refused = new AtomicReference<>();
		ContinuedRun.Probe probe = new ContinuedRun.Probe(key, (call) -> {
			try {
				json.set(call.json(answer, check));
			}
			catch (RuntimeException ex) {
				refused.set(ex);
			}
		});
		RunVerification compared = result(run,
				() -> this.calls.start(new ContinuedRun(run, new CancellationSource(), probe), Runnable::run)
					.response()
					.toCompletableFuture()
					.get());
		if (refused.get() instanceof InputMismatchException mismatch) {
			String path = mismatch.path();
			throw new InvalidAnswerException("The answer to question '" + key + "' is refused: "
					+ (path.isEmpty() ? "it" : path) + " " + mismatch.getMessage(), path, mismatch.knownFields(),
					mismatch);
		}
		RuntimeException other = refused.get();
		if (other instanceof InvalidAnswerException) {
			throw other;
		}
		if (other != null) {
			throw new InvalidAnswerException("The answer to question '" + key + "' is refused: " + other.getMessage(),
					"", List.of(), other);
		}
		String checked = json.get();
		if (checked == null) {
			throw new RunNotResumableException(run.runId(), RunNotResumableException.NO_SUCH_STEP,
					"its code does not come to question '" + key + "'"
							+ ((compared.problem() != null) ? ": " + compared.problem() : ""));
		}
		return checked;
	}

	private CompletionStage<RunResponse> call(StoredRun run, CancellationSource stop, Executor executor) {
		return this.calls.start(new ContinuedRun(run, false, false, stop), executor).response();
	}

	private RunVerification result(StoredRun run, Comparison comparison) {
		int steps = this.journal.heads(run.runId()).size();
		try {
			comparison.await();
			return new RunVerification(run.runId(), run.workflowId(), true, steps, null, null);
		}
		catch (RunNotResumableException ex) {
			return new RunVerification(run.runId(), run.workflowId(), false, steps, null, ex.getMessage());
		}
		catch (ExecutionException ex) {
			return result(run, steps, ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(
					"The thread that waited for the comparison of run '" + run.runId() + "' was interrupted", ex);
		}
	}

	private static RunVerification result(StoredRun run, int steps, @Nullable Throwable failure) {
		RunSignal signal = RunSignal.in(failure);
		boolean differs = failure instanceof StepMismatchException || failure instanceof UnreadableStepException;
		String next = (failure instanceof EndOfJournalException end) ? end.step() : null;
		return new RunVerification(run.runId(), run.workflowId(), !differs && signal == null, steps, next,
				(differs && failure != null) ? failure.getMessage() + before(failure) : null);
	}

	/** Code that has failed has not reached the steps after that. */
	private static String before(Throwable difference) {
		return Stream.of(difference.getSuppressed())
			.map((failure) -> " The code had failed before that: " + failure)
			.collect(Collectors.joining());
	}

	/**
	 * Compares the code of a workflow with its runs that can be continued. Runs that are
	 * not reached within the time limit are left to the next page, so that each run has
	 * either a result, or the whole time.
	 */
	Page<RunVerification> verifyUnfinished(String workflowId, RunPage page, Predicate<StoredRun> visible,
			@Nullable Duration limit) {
		List<RunSummary> found = this.repository.get()
			.listRuns(RunQuery.all().ofWorkflow(workflowId).withStatus(UNFINISHED), page);
		long begin = System.nanoTime();
		List<RunVerification> items = new ArrayList<>();
		RunSummary last = null;
		for (RunSummary summary : found) {
			boolean first = items.isEmpty();
			Duration left = (limit != null && !first) ? limit.minusNanos(System.nanoTime() - begin) : limit;
			Optional<StoredRun> run = this.repository.get()
				.findRun(summary.runId())
				.filter((stored) -> visible.test(stored) && isUnfinished(stored));
			if (run.isPresent()) {
				RunVerification item = (left != null) ? item(run.get(), left, first) : verify(run.get());
				if (item == null) {
					return new Page<>(items, (last != null) ? last.cursor() : null);
				}
				items.add(item);
			}
			last = summary;
		}
		boolean more = found.size() == page.limit();
		return new Page<>(items, (more && last != null) ? last.cursor() : null);
	}

	/** Returns nothing if the time did not suffice for a run that was not the first. */
	private @Nullable RunVerification item(StoredRun run, Duration left, boolean first) {
		if (left.isNegative() || left.isZero()) {
			return null;
		}
		try {
			return verify(run, left);
		}
		catch (RunVerificationTimeoutException ex) {
			return first ? new RunVerification(run.runId(), run.workflowId(), false,
					this.journal.heads(run.runId()).size(), null, ex.getMessage()) : null;
		}
	}

	private boolean isUnfinished(StoredRun run) {
		return run.parentRunId() == null && (!run.status().isTerminal() || StopReasons.isResumable(run.reason()))
				&& !hasDeletedSteps(run);
	}

	private boolean hasDeletedSteps(StoredRun run) {
		return run.status().isTerminal() && this.journal.hasDeletedSteps(run.runId());
	}

	private static RunVerification deleted(StoredRun run) {
		return new RunVerification(run.runId(), run.workflowId(), false, 0, null,
				"its steps were deleted since they were old (buddy.retention.step-age)");
	}

	/**
	 * Calls workflows.
	 */
	@FunctionalInterface
	interface Calls {

		DefaultStartedRun start(ContinuedRun continued, Executor executor);

	}

	/**
	 * Waits for the end of a call.
	 */
	@FunctionalInterface
	private interface Comparison {

		@Nullable RunResponse await() throws ExecutionException, InterruptedException;

	}

}
