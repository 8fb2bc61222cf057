package buddy.workflow.internal.execution;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContextHolder;
import buddy.run.RunFailure;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.internal.CancellationSource;
import buddy.storage.OpenedSession;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.PulledStream;

/**
 * The execution of one run, from its beginning to its single end.
 */
public final class RunExecution extends RunPart {

	private static final Logger logger = LoggerFactory.getLogger(RunExecution.class);

	private final LiveRun live;

	private final RunLeave leave;

	RunExecution(LiveRun live, OpenedSession opened, RunEnvironment environment) {
		super(new RunFacts(live, opened, environment));
		this.live = live;
		this.leave = new RunLeave(facts(), events());
	}

	/** Notifies the listeners, and opens the state if it differs from the stored one. */
	RunExecution begin() {
		this.live.canEndWithoutBody(this.leave::endWithoutBody);
		try {
			tellBegin();
			if (!this.live.request().session().state().isEmpty() || facts().opened().session().state() == null) {
				sessionState();
			}
		}
		catch (RuntimeException | Error ex) {
			throw Rethrow.raise(failed(ex));
		}
		return this;
	}

	private void tellBegin() {
		try {
			this.live.begun();
			events().publish(started());
		}
		finally {
			this.live.request().tell((ticket) -> ticket.begun(this.live.run()));
		}
	}

	/**
	 * Calls user code with this run bound to the thread and no scope in effect.
	 */
	public @Nullable Object inContext(RunBody code) throws Throwable {
		if (facts().environment().interrupt()) {
			try (Cancellation.Interruptible wait = cancellation().interruptible()) {
				return bound(code);
			}
		}
		return bound(code);
	}

	private @Nullable Object bound(RunBody code) throws Throwable {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			return code.call();
		}
	}

	/**
	 * Closes a source with this run bound to the thread. A failure is only logged, since
	 * it must not change how the run ends.
	 */
	public void closeInContext(AutoCloseable source) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			source.close();
		}
		catch (Exception ex) {
			logger.warn("The stream of run '{}' of workflow '{}' failed to close", runId(), workflowId(), ex);
		}
	}

	public RunResponseEvent started() {
		return events().started();
	}

	/**
	 * Claims the end of this run for the caller, and returns whether it was unclaimed.
	 */
	public boolean claimEnd() {
		return this.live.gate().claim();
	}

	/** Returns whether the end has been claimed. */
	public boolean isEnding() {
		return this.live.gate().isClaimed();
	}

	/**
	 * Ends the run as completed, unless it was asked to stop, and returns the result for
	 * the caller.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public @Nullable Object completed(@Nullable Object result) {
		return this.leave.completed(result);
	}

	/**
	 * Ends a streamed run as completed with its content, unless it was asked to stop.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public void completedStream() {
		this.leave.completedStream();
	}

	/**
	 * Ends the run with an exception. A failure to store the end is added to it as a
	 * suppressed exception.
	 * @return the exception for the caller, which is another one if the run was stopped
	 * at once
	 */
	public Throwable failed(Throwable cause) {
		return this.leave.failed(cause);
	}

	/**
	 * Returns the response of a run that has paused.
	 * @return the response, or {@code null} if it has not paused
	 */
	public @Nullable RunResponse pausedResponse() {
		return this.leave.pausedResponse();
	}

	/** Ends a run that could not begin because it did not get its turn in its session. */
	void gaveUpWaiting(Throwable cause) {
		this.leave.gaveUpWaiting(cause);
	}

	/** Ends the run as cancelled by its caller. */
	public void cancelled(String reason) {
		this.leave.cancelled(reason);
	}

	/**
	 * Records an item of a streamed run, and returns it; the run's ids are added to
	 * events.
	 */
	public @Nullable Object taken(@Nullable Object item) {
		facts().stream().take(item);
		if (item instanceof RunResponseEvent event) {
			RunResponseEvent stamped = events().stamped(event);
			if (!LifecycleEvents.frames(event) && !isReplaying()) {
				events().publish(stamped);
			}
			return stamped;
		}
		if (item instanceof CharSequence piece && events().areHeard() && !isReplaying()) {
			events().publishPiece(piece);
		}
		return item;
	}

	/**
	 * Sends emitted events to the caller's stream too from now on, while it has room.
	 */
	public void streamEvents(Predicate<RunResponseEvent> stream) {
		events().emitTo(stream);
	}

	/** Sets the stream through which the caller pulls the items of this run. */
	public void pulledBy(PulledStream caller) {
		this.live.pulledBy(caller);
	}

	/** Returns the exception for the caller of a run that was asked to stop. */
	public RunCancelledException cancelledException() {
		return cancellation().exception(runId());
	}

	/** Returns the last event of a streamed run that has ended, for its caller. */
	public RunResponseEvent termination(@Nullable Throwable cause) {
		if (cause instanceof RunPausedException paused) {
			return events().paused(paused);
		}
		return events().terminal(this.live.gate().status(), facts().stream().response(),
				(cause != null) ? RunFailure.of(cause) : null);
	}

	public LiveRun live() {
		return this.live;
	}

	@Override
	CancellationSource pausable() {
		return cancellation();
	}

	@Override
	public CancellationSource cancellation() {
		return facts().live().cancellation();
	}

}
