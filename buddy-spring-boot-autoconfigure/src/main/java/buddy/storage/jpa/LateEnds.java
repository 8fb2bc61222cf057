package buddy.storage.jpa;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.storage.EndOutcome;
import buddy.storage.RunEnd;

/**
 * Writes ends of runs after the caller's transaction has completed.
 */
final class LateEnds {

	private static final Logger logger = LoggerFactory.getLogger(LateEnds.class);

	private final Function<RunEnd, EndOutcome> store;

	private final Executor executor;

	LateEnds(Function<RunEnd, EndOutcome> store, Executor executor) {
		this.store = store;
		this.executor = executor;
	}

	/**
	 * Writes ends in order, on the executor.
	 * @param ends the ends
	 */
	void write(List<RunEnd> ends) {
		if (ends.isEmpty()) {
			return;
		}
		try {
			this.executor.execute(() -> ends.forEach(this::write));
		}
		catch (RejectedExecutionException ex) {
			ends.forEach((end) -> warn(end, ex));
		}
	}

	private void write(RunEnd end) {
		try {
			if (this.store.apply(end) != EndOutcome.STORED) {
				logger.warn(
						"Run '{}' of session '{}' ended as {}, which was not written after the transaction that it ran in: the run or its session was deleted, or the run has ended already",
						end.run().runId(), end.run().sessionId(), end.status());
			}
		}
		catch (RuntimeException ex) {
			// there is no caller, so the failure can only be logged
			warn(end, ex);
		}
	}

	private static void warn(RunEnd end, RuntimeException cause) {
		logger.warn(
				"Run '{}' of session '{}' ended as {}, but this could not be written after the transaction that it ran in, and is lost; check that the database can be reached",
				end.run().runId(), end.run().sessionId(), end.status(), cause);
	}

}
