package buddy.workflow.internal.execution;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.EventHeader;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunFailure;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunContinued;
import buddy.run.RunResponseEvent.RunPaused;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.workflow.internal.live.Continuation;
import buddy.workflow.internal.record.StreamContent;

/**
 * Adds the ids of a run to its events, and publishes them to the listeners.
 */
final class RunEvents {

	private static final Logger logger = LoggerFactory.getLogger(RunEvents.class);

	private final RunContext run;

	private final StreamContent stream;

	private final Clock clock;

	private final List<RunEventListener> listeners;

	private final RunLog log;

	private final RunResponseEvent started;

	private final EventPieces pieces = new EventPieces();

	/** Adds emitted events to the caller's stream, unless it is full. */
	private volatile @Nullable Predicate<RunResponseEvent> caller;

	/**
	 * Creates the events of a run.
	 * @param run the run that is passed to the listeners, with its facts already set
	 * @param facts the facts of the run
	 */
	RunEvents(RunContext run, RunFacts facts) {
		this.run = run;
		this.stream = facts.stream();
		this.clock = facts.clock();
		this.listeners = facts.environment().listeners();
		this.log = RunLog.of(facts.request().settings(), facts.run());
		Continuation earlier = facts.live().continuation();
		this.started = (earlier != null)
				? new RunContinued(stamped(EventHeader.NONE, this.clock.millis()), earlier.validUntil())
				: new WorkflowStarted(stamped(EventHeader.NONE, facts.run().createdAt()));
	}

	RunResponseEvent started() {
		return this.started;
	}

	RunResponseEvent stamped(RunResponseEvent event) {
		RunResponseEvent whole = this.pieces.whole(event);
		return whole.withHeader(stamped(whole.header(), this.clock.millis()));
	}

	/** Creates the last event of a run that ended with the given status. */
	RunResponseEvent terminal(RunStatus outcome, RunResponse response, @Nullable RunFailure failure) {
		EventHeader header = stamped(EventHeader.NONE, this.clock.millis());
		return switch (outcome) {
			case COMPLETED -> new WorkflowCompleted(header, response.content(), response.contentType());
			case CANCELLED -> new WorkflowCancelled(header, this.run.cancellation().reason());
			default -> new WorkflowError(header, (failure != null) ? failure.message() : null,
					(failure != null) ? failure.type() : null);
		};
	}

	/** Creates the event of a run that has paused. */
	RunResponseEvent paused(RunPausedException told) {
		return new RunPaused(stamped(EventHeader.NONE, this.clock.millis()),
				told.waitsFor().stream().map(RunWait::toMap).toList());
	}

	/** Sends emitted events to the caller's stream too from now on. */
	void emitTo(Predicate<RunResponseEvent> stream) {
		this.caller = stream;
	}

	/** Publishes an event, and adds it to the caller's stream if that has room. */
	void emit(RunResponseEvent event) {
		RunResponseEvent stamped = stamped(event);
		Predicate<RunResponseEvent> taking = this.caller;
		if (taking != null && !taking.test(stamped) && this.stream.missed() == 1) {
			logger.warn(
					"The caller of run '{}' of workflow '{}' takes its events too slowly: {} emitted ones wait, "
							+ "and more are left out of its stream; listeners get them all",
					this.run.runId(), this.run.workflowId(), StreamBuffer.MAX_EMITTED);
		}
		publish(stamped);
	}

	void publish(RunResponseEvent event) {
		RunResponseEvent shown = this.run.payloads().event(event);
		this.log.event(shown);
		tell(shown.event(), (listener) -> listener.onEvent(this.run, shown));
	}

	/** Returns whether anybody gets what is emitted. */
	boolean areFollowed() {
		return areHeard() || this.caller != null;
	}

	/** Returns whether there are listeners. */
	boolean areHeard() {
		return !this.listeners.isEmpty();
	}

	/** Another execution of the run has begun. */
	void fenced() {
		tell("that it is fenced", (listener) -> listener.onFenced(this.run));
	}

	/**
	 * Notifies the listeners before the end is stored.
	 * @return the number of the run's last event that is stored, or {@code null}
	 */
	@Nullable Long beforeEnd() {
		long[] last = { 0 };
		tell("its end", (listener) -> last[0] = Math.max(last[0], listener.beforeEnd(this.run)));
		return (last[0] > 0) ? last[0] : null;
	}

	/** Notifies the listeners before a pause is stored. */
	void beforePause() {
		tell("its pause", (listener) -> listener.beforePause(this.run));
	}

	/** Returns the number of the run's last event so far, or null if none is stored. */
	@Nullable Long last() {
		long last = 0;
		for (RunEventListener listener : this.listeners) {
			last = Math.max(last, listener.lastEvent(this.run));
		}
		return (last > 0) ? last : null;
	}

	/** Publishes a piece of text that the body streamed as plain text. */
	void publishPiece(CharSequence text) {
		String whole = this.pieces.whole(text);
		if (whole.isEmpty() && !text.isEmpty()) {
			return; // half a character
		}
		RunResponseEvent event = RunResponseEvent.content(whole);
		RunResponseContent piece = (RunResponseContent) this.run.payloads()
			.event(event.withHeader(stamped(event.header(), this.clock.millis())));
		tell("a piece of text", (listener) -> listener.onText(this.run, piece));
	}

	void publishConflict(List<String> keys) {
		tell("a conflict", (listener) -> listener.onSessionStateConflict(this.run, keys));
	}

	/** Notifies every listener, even if another one throws an exception. */
	private void tell(String what, Consumer<RunEventListener> call) {
		Error failure = null;
		for (RunEventListener listener : this.listeners) {
			try {
				call.accept(listener);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener failed on {} of run '{}'", what, this.run.runId(), ex);
			}
			catch (Error ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private EventHeader stamped(EventHeader header, long millis) {
		return header.stamped(this.run.key(), Instant.ofEpochMilli(millis));
	}

}
