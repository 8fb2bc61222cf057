package buddy.workflow.internal.registry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;
import buddy.workflow.StartedRun;
import buddy.workflow.internal.live.StartHandle;

/**
 * Default implementation of {@link StartedRun}, which is notified of the run's begin and
 * end by the run itself.
 */
public final class DefaultStartedRun implements StartedRun {

	private final CompletableFuture<String> begun;

	private final CompletableFuture<RunResponse> response = new CompletableFuture<>();

	private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

	DefaultStartedRun(CompletableFuture<String> begun) {
		this.begun = begun;
	}

	@Override
	public CompletionStage<String> begun() {
		return this.begun.minimalCompletionStage();
	}

	@Override
	public CompletionStage<RunResponse> response() {
		return this.response.minimalCompletionStage();
	}

	@Override
	public boolean withdraw() {
		return this.stage.compareAndSet(Stage.WAITING, Stage.WITHDRAWN);
	}

	/** Sets what is called with the failure of a run that does not begin. */
	void whenNotBegun(Consumer<Throwable> action) {
		this.begun.whenComplete((runId, failure) -> {
			if (failure != null) {
				action.accept(failure);
			}
		});
	}

	/** Returns whether the run has begun. */
	boolean isBegun() {
		return this.begun.isDone() && !this.begun.isCompletedExceptionally();
	}

	boolean proceed() {
		return this.stage.compareAndSet(Stage.WAITING, Stage.CALLED);
	}

	/** Called when the result of {@code run()} has been consumed to its end. */
	void ended(StartHandle ticket, @Nullable Throwable failure) {
		RunResponse given = ticket.response();
		if (given != null && (failure == null || given.isPaused())) {
			this.begun.complete(String.valueOf(given.runId()));
			this.response.complete(given);
		}
		else {
			failed((failure != null) ? failure
					: new IllegalStateException("The call of run() of workflow '" + ticket.workflowId()
							+ "' returned, and no run of it had ended; check what stands before its bean"));
		}
	}

	/** Called when the run was refused before it began, or failed. */
	void failed(Throwable cause) {
		this.begun.completeExceptionally(cause);
		this.response.completeExceptionally(cause);
	}

	private enum Stage {

		WAITING, WITHDRAWN, CALLED

	}

}
