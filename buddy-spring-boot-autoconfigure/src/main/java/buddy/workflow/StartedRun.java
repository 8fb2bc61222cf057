package buddy.workflow;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;

/**
 * A run that was started and is drained whoever waits for it: its id once it has begun,
 * and its response once it has ended.
 */
public final class StartedRun {

	private final CompletableFuture<String> begun;

	private final CompletableFuture<RunResponse> response = new CompletableFuture<>();

	private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

	StartedRun(CompletableFuture<String> begun) {
		this.begun = begun;
	}

	/**
	 * Returns the run's id, once it has begun: it is stored then, and its first event is
	 * told. Of a start that is stored when it begins, the id is there already while it
	 * waits for its turn in its session; if that does not come, the run ends as an error.
	 * @return completes with the id, or fails with what refused the run, of which nothing
	 * is stored then
	 */
	public CompletionStage<String> begun() {
		return this.begun.minimalCompletionStage();
	}

	/**
	 * Returns what the run gave, once its end is stored.
	 * @return completes with the response of a run that ended well, or fails with what
	 * refused or ended it, the same exception that a caller of {@code run()} would get
	 */
	public CompletionStage<RunResponse> response() {
		return this.response.minimalCompletionStage();
	}

	/**
	 * Takes a run back whose turn on its executor has not come yet; then it does not
	 * begin.
	 * @return whether it was taken back
	 */
	public boolean withdraw() {
		return this.stage.compareAndSet(Stage.WAITING, Stage.WITHDRAWN);
	}

	boolean proceed() {
		return this.stage.compareAndSet(Stage.WAITING, Stage.CALLED);
	}

	/** What {@code run()} returned is at its end. */
	void ended(StartHandle ticket, @Nullable Throwable failure) {
		RunResponse given = ticket.response();
		if (failure == null && given != null) {
			this.response.complete(given);
		}
		else {
			failed((failure != null) ? failure
					: new IllegalStateException("The call of run() of workflow '" + ticket.workflowId()
							+ "' returned, and no run of it had ended; check what stands before its bean"));
		}
	}

	/** The run was refused before it began, or ended so. */
	void failed(Throwable cause) {
		this.begun.completeExceptionally(cause);
		this.response.completeExceptionally(cause);
	}

	private enum Stage {

		WAITING, WITHDRAWN, CALLED

	}

}
