package buddy.storage.jpa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;

import buddy.storage.RunRetention;
import buddy.storage.WorkflowSelection;
import buddy.storage.jpa.RetentionRows.UnusedSession;

/**
 * {@link RunRetention} that reads the keys of old runs and sessions without a lock, then
 * deletes by key in a short transaction that checks them again.
 */
final class JpaRunRetention implements RunRetention {

	private static final Logger logger = LoggerFactory.getLogger(JpaRunRetention.class);

	private final StorageTransactions transactions;

	private final RetentionRows rows;

	JpaRunRetention(DataSource dataSource, StorageTimeouts timeouts, SchemaTables tables) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, timeouts.patient(), Duration.ZERO);
		this.rows = new RetentionRows(tables.client(dialect.template(dataSource)), dialect);
	}

	@Override
	public int deleteRuns(WorkflowSelection workflows, long begunBefore, int limit) {
		return deleteByKey(() -> this.rows.runsBegunBefore(workflows, begunBefore, limit));
	}

	@Override
	public List<String> sessionsWithMoreRuns(WorkflowSelection workflows, int keep, @Nullable String after, int limit) {
		return this.transactions
			.read(() -> this.rows.sessionsWithMoreRuns(workflows, keep, (after != null) ? after : "", limit));
	}

	@Override
	public int deleteOlderRuns(String sessionId, int keep, int limit) {
		return deleteByKey(() -> this.rows.olderRuns(sessionId, keep, limit));
	}

	@Override
	public int deleteSessions(WorkflowSelection workflows, long usedBefore, int limit) {
		while (true) {
			List<UnusedSession> unused = this.transactions
				.read(() -> this.rows.unusedSessions(workflows, usedBefore, limit));
			if (unused.isEmpty()) {
				return 0;
			}
			UnusedSession first = unused.get(0);
			if (first.runs() < limit) {
				List<String> batch = batch(unused, limit);
				return skipped(() -> this.transactions.write(() -> this.rows.deleteSessions(batch, usedBefore)));
			}
			// too many for one transaction: delete the oldest runs first
			if (deleteOlderRuns(first.sessionId(), Math.max(limit / 2, 1) - 1, limit) == 0) {
				return 0;
			}
		}
	}

	/** Returns sessions that together with their runs do not exceed the limit of rows. */
	private static List<String> batch(List<UnusedSession> unused, int limit) {
		List<String> batch = new ArrayList<>();
		long rows = 0;
		for (UnusedSession session : unused) {
			rows += session.runs() + 1;
			if (rows > limit && !batch.isEmpty()) {
				return batch;
			}
			batch.add(session.sessionId());
		}
		return batch;
	}

	private int deleteByKey(Supplier<List<String>> runIds) {
		List<String> found = this.transactions.read(runIds);
		return found.isEmpty() ? 0 : skipped(() -> this.transactions.write(() -> this.rows.deleteEndedRuns(found)));
	}

	/** Executes a delete, and leaves locked rows to the next sweep. */
	private static int skipped(Supplier<Integer> delete) {
		try {
			return delete.get();
		}
		catch (PessimisticLockingFailureException ex) {
			logger.debug("Old runs or sessions are locked and are left for the next sweep", ex);
			return 0;
		}
	}

}
