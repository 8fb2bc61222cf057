package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.storage.EndOutcome;
import buddy.storage.RunEnd;

/**
 * Collects ends of runs within a transaction of the caller that must be written after it
 * has completed.
 */
final class CallersTransaction implements TransactionSynchronization {

	private final LateEnds lateEnds;

	private final List<RunEnd> endedBadly = new ArrayList<>();

	private final List<RunEnd> joined = new ArrayList<>();

	private final Set<String> missedSessions = new HashSet<>();

	private CallersTransaction(LateEnds lateEnds) {
		this.lateEnds = lateEnds;
	}

	/**
	 * Returns the instance for the current transaction.
	 * @param lateEnds writes the ends after the transaction
	 * @return the instance
	 */
	static CallersTransaction of(LateEnds lateEnds) {
		for (TransactionSynchronization synchronization : TransactionSynchronizationManager.getSynchronizations()) {
			if (synchronization instanceof CallersTransaction transaction && transaction.lateEnds == lateEnds) {
				return transaction;
			}
		}
		CallersTransaction transaction = new CallersTransaction(lateEnds);
		TransactionSynchronizationManager.registerSynchronization(transaction);
		return transaction;
	}

	/**
	 * Adds an end that must not join the transaction, because the caller is likely to
	 * roll back.
	 */
	void endsLate(RunEnd end) {
		this.endedBadly.add(withoutState(end, end.status(), end.error()));
	}

	void ended(RunEnd end, EndOutcome outcome) {
		if (outcome == EndOutcome.STORED) {
			this.joined.add(end);
		}
		else if (outcome == EndOutcome.VERSION_MISSED) {
			this.missedSessions.add(end.run().sessionId());
		}
	}

	boolean hasMissed(String sessionId) {
		return this.missedSessions.contains(sessionId);
	}

	@Override
	public void afterCompletion(int status) {
		List<RunEnd> left = new ArrayList<>();
		if (status != STATUS_COMMITTED) {
			this.joined.stream().map(CallersTransaction::rolledBack).forEach(left::add);
		}
		left.addAll(this.endedBadly);
		this.lateEnds.write(left);
	}

	private static RunEnd rolledBack(RunEnd end) {
		RunFailure failure = RunFailure.because(RunFailure.ROLLED_BACK,
				"The run completed, but the transaction that it ran in was rolled back, including what the run wrote there");
		return withoutState(end, RunStatus.ERROR, Json.write(failure));
	}

	private static RunEnd withoutState(RunEnd end, RunStatus status, @Nullable String error) {
		return new RunEnd(end.run(), end.recorded(), status, end.response(), error, end.endedAt(), null)
			.withLastEvent(end.lastEvent());
	}

}
