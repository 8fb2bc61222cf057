package buddy.workflow.internal.execution;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContextHolder;
import buddy.run.RunFailure;
import buddy.run.RunResponseEvent;
import buddy.run.internal.CancellationSource;
import buddy.storage.OpenedSession;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.PulledStream;

/**
 * One run from its begin to its one end.
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

	/** Tells the listeners, and opens the state where it differs from the stored one. */
	RunExecution begin() {
		this.live.canEndWithoutBody(this.leave::endWithoutBody);
		try {
			tellBegin();
			if (!this.live.request().session().state().isEmpty() || facts().opened().session().state() == null) {
				sessionState();
			}
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			throw ex;
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
	 * Calls code of the user's with this run bound to the thread and no scope around it.
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

	/** The same for closing, whose failure must not change how the run ends. */
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
	 * Claims the end of this run for whoever calls; returns whether nobody else has.
	 */
	public boolean claimEnd() {
		return this.live.gate().claim();
	}

	/** Whether somebody has claimed the end. */
	public boolean isEnding() {
		return this.live.gate().isClaimed();
	}

	/**
	 * Ends the run well, unless it was asked to stop; hands back what the caller gets.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public @Nullable Object completed(@Nullable Object result) {
		return this.leave.completed(result);
	}

	/**
	 * Ends a streamed run well, with what it said, unless it was asked to stop.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public void completedStream() {
		this.leave.completedStream();
	}

	/**
	 * Ends the run with an exception; what goes wrong in storing that is told in it.
	 */
	public void failed(Throwable cause) {
		this.leave.failed(cause);
	}

	/** Ends a run that could not begin, since its turn in its session did not come. */
	void gaveUpWaiting(Throwable cause) {
		this.leave.gaveUpWaiting(cause);
	}

	/** Ends the run because its caller wants no more of it. */
	public void cancelled(String reason) {
		this.leave.cancelled(reason);
	}

	/** Takes an item of a streamed run; an event gets the run's ids. */
	public @Nullable Object taken(@Nullable Object item) {
		facts().stream().take(item);
		if (item instanceof RunResponseEvent event) {
			RunResponseEvent stamped = events().stamped(event);
			if (!LifecycleEvents.frames(event)) {
				events().publish(stamped);
			}
			return stamped;
		}
		if (item instanceof CharSequence piece && events().areHeard()) {
			events().publishPiece(piece);
		}
		return item;
	}

	/**
	 * From now on emitted events go to the caller's stream too, as far as it has room.
	 */
	public void streamEvents(Predicate<RunResponseEvent> stream) {
		events().emitTo(stream);
	}

	/** Tells who pulls the items of this run. */
	public void pulledBy(PulledStream caller) {
		this.live.pulledBy(caller);
	}

	/** What the caller of a run that was asked to stop gets. */
	public RunCancelledException cancelledException() {
		return cancellation().exception(runId());
	}

	/** The last event of a streamed run that has ended, for its caller. */
	public RunResponseEvent termination(@Nullable Throwable cause) {
		return events().terminal(this.live.gate().status(), facts().stream().response(),
				(cause != null) ? RunFailure.of(cause) : null);
	}

	public LiveRun live() {
		return this.live;
	}

	@Override
	public CancellationSource cancellation() {
		return facts().live().cancellation();
	}

}
