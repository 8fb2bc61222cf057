package buddy.workflow.internal.record;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.UnstorableValueException;
import buddy.json.internal.StorableJson;
import buddy.run.Payloads;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunStatus;
import buddy.session.SessionState;
import buddy.session.SessionState.MergedState;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.RunEnd.StateChange;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.RunNotRecordedException;

/**
 * Stores the end of a run, and merges its state with states that other runs stored
 * meanwhile.
 */
public final class RunRecorder {

	private static final Logger logger = LoggerFactory.getLogger(RunRecorder.class);

	private static final int MAX_ATTEMPTS = 200;

	private final WorkflowSessionRepository repository;

	private final Clock clock;

	private final Payloads payloads;

	private final Consumer<List<String>> conflicts;

	/**
	 * Creates a recorder.
	 * @param repository the repository
	 * @param clock the clock
	 * @param payloads the filters of what is recorded
	 * @param conflicts receives the keys that both this run and another one set, once the
	 * end is stored
	 */
	public RunRecorder(WorkflowSessionRepository repository, Clock clock, Payloads payloads,
			Consumer<List<String>> conflicts) {
		this.payloads = payloads;
		this.repository = repository;
		this.clock = clock;
		this.conflicts = conflicts;
	}

	/**
	 * Stores the end of a run. If its state cannot be stored, the run ends as an error.
	 * @param run the run
	 * @param opened the session as it was when the run began
	 * @param outcome the terminal status
	 * @param response the JSON of the response
	 * @param failure the failure of the run, or {@code null}
	 * @param state the run's state, or {@code null} if it is not to be stored
	 * @param lastEvent the number of the run's last stored event, or {@code null}
	 */
	public void store(NewRun run, OpenedSession opened, RunStatus outcome, String response,
			@Nullable RunFailure failure, @Nullable SessionState state, @Nullable Long lastEvent) {
		RunEnd end = new RunEnd(run, opened.recorded(), outcome, response, json(failure, this.payloads),
				this.clock.millis(), null)
			.withLastEvent(lastEvent);
		try {
			store(end, state, opened.session());
		}
		catch (UnstorableValueException ex) {
			// edited in place, unseen by any check: the state is rejected, so the run
			// failed
			store(run, opened, RunStatus.ERROR, response, RunFailure.of(ex), null, lastEvent);
			throw ex;
		}
		catch (RunNotRecordedException | RunFencedException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw notStored(end,
					"the store failed (" + ex.getMessage() + "); check the database, then call run() again", ex);
		}
	}

	private static @Nullable String json(@Nullable RunFailure failure, Payloads payloads) {
		return (failure != null) ? StorableJson.sanitize(payloads.failure(failure)).json() : null;
	}

	private void store(RunEnd end, @Nullable SessionState state, StoredSession session) {
		String changed = (state != null) ? state.changed() : null;
		RunEnd first = (changed != null) ? end.withState(new StateChange(changed, session.version())) : end;
		EndOutcome outcome = this.repository.end(first);
		for (int i = 0; outcome == EndOutcome.VERSION_MISSED && state != null; i++) {
			if (i == MAX_ATTEMPTS) {
				throw notStored(end, "its state met other runs' states " + MAX_ATTEMPTS
						+ " times in a row; let fewer runs write to one session at once");
			}
			outcome = storeMerged(end, state);
			if (outcome == EndOutcome.VERSION_MISSED) {
				backOff(i);
			}
		}
		if (outcome == EndOutcome.FENCED) {
			throw new RunFencedException(end.run().runId(), "another execution of it has begun");
		}
		if (outcome != EndOutcome.STORED) {
			throw notStored(end, gone(end));
		}
	}

	private EndOutcome storeMerged(RunEnd end, SessionState state) {
		List<String> keys = new ArrayList<>();
		EndOutcome outcome = this.repository.endMerged(end, (now) -> {
			MergedState merged = state.mergeWith(now.state());
			keys.clear(); // from a failed attempt
			keys.addAll(merged.conflicts());
			return new StateChange(merged.json(), now.version());
		});
		if (outcome == EndOutcome.STORED && !keys.isEmpty()) {
			logger.warn("Run '{}' and another run set the same keys of session '{}'; the later one won: {}",
					end.run().runId(), end.run().sessionId(),
					keys.stream().map((key) -> key.replaceAll("\\p{Cntrl}", "?")).toList());
			this.conflicts.accept(List.copyOf(keys));
		}
		return outcome;
	}

	private static String gone(RunEnd end) {
		String gone = "the session or the run was deleted, or the run was ended, by someone else";
		return end.run().concurrency().isExclusive()
				? gone + ", or the session was given to another run since this node was not seen for too long" : gone;
	}

	/** Waits for a random time, so that runs that collided do not collide again. */
	private static void backOff(int attempt) {
		long most = TimeUnit.MILLISECONDS.toNanos(Math.min(1L << Math.min(attempt, 5), 20));
		LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
	}

	private static RunNotRecordedException notStored(RunEnd end, String why) {
		return notStored(end, why, null);
	}

	private static RunNotRecordedException notStored(RunEnd end, String why, @Nullable Throwable cause) {
		return new RunNotRecordedException(end.run().key(), why, cause);
	}

}
