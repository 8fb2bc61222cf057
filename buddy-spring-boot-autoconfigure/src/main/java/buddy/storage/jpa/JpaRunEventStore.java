package buddy.storage.jpa;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;

import buddy.event.EventPosition;
import buddy.event.RunEventStore;
import buddy.event.RunHead;
import buddy.event.StoredEvent;

/**
 * {@link RunEventStore} in the database of the runs, independent of the caller's
 * transactions.
 */
final class JpaRunEventStore implements RunEventStore {

	private static final Logger logger = LoggerFactory.getLogger(JpaRunEventStore.class);

	private final StorageTransactions transactions;

	private final StorageTransactions impatient;

	private final EventRows rows;

	private final SqlDialect dialect;

	JpaRunEventStore(DataSource dataSource, StorageTimeouts timeouts) {
		this(dataSource, new StatementSettings(timeouts, SchemaTables.OF_CONNECTION));
	}

	JpaRunEventStore(DataSource dataSource, StatementSettings statements) {
		StorageTimeouts timeouts = statements.timeouts();
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, timeouts);
		// a locked run does not keep the events of the others waiting
		this.impatient = new StorageTransactions(dataSource, dialect, timeouts, Duration.ZERO);
		this.rows = new EventRows(dialect.template(dataSource, timeouts), dialect, statements.tables(),
				statements.payloads());
		this.dialect = dialect;
	}

	@Override
	public Set<String> append(List<StoredEvent> events) {
		try {
			insertMissing(events);
			return Set.of();
		}
		catch (RuntimeException ex) {
			if (!this.dialect.isLocked(ex)) {
				throw ex;
			}
			return appendByRun(events);
		}
	}

	/** Finds the runs that are locked, and stores the events of the others. */
	private Set<String> appendByRun(List<StoredEvent> events) {
		Map<String, List<StoredEvent>> runs = events.stream().collect(Collectors.groupingBy(StoredEvent::runId));
		if (runs.size() == 1) {
			return runs.keySet();
		}
		Set<String> locked = new HashSet<>();
		runs.values().forEach((ofOneRun) -> locked.addAll(append(ofOneRun)));
		return locked;
	}

	private void insertMissing(List<StoredEvent> events) {
		try {
			insert(events);
		}
		catch (DataIntegrityViolationException ex) {
			// some are stored already, or their run was deleted or has ended
			insert(missing(events));
		}
	}

	private void insert(List<StoredEvent> events) {
		if (events.isEmpty()) {
			return;
		}
		switch (this.dialect) {
			case POSTGRESQL -> this.impatient.writeAtOnce(() -> this.rows.insertArrays(events));
			case MARIADB -> this.impatient.writeAtOnce(() -> this.rows.insertJson(events));
			default -> this.impatient.writeApart(() -> this.rows.insertBatch(events));
		}
	}

	private List<StoredEvent> missing(List<StoredEvent> events) {
		Map<String, RunHead> heads = heads(events.stream().map(StoredEvent::runId).distinct().toList()).stream()
			.collect(Collectors.toMap(RunHead::runId, Function.identity()));
		return events.stream().filter((event) -> isMissing(event, heads)).toList();
	}

	private static boolean isMissing(StoredEvent event, Map<String, RunHead> heads) {
		RunHead head = heads.get(event.runId());
		EventPosition last = (head != null) ? head.last() : null;
		return head != null && !head.status().isTerminal() && (last == null || event.position().compareTo(last) > 0);
	}

	@Override
	public List<StoredEvent> read(String runId, EventPosition after, int limit) {
		return this.transactions.read(() -> this.rows.read(runId, after, limit));
	}

	@Override
	public List<RunHead> heads(Collection<String> runIds) {
		return runIds.isEmpty() ? List.of() : this.transactions.read(() -> this.rows.heads(runIds));
	}

	@Override
	public int deleteOfRunsEndedBefore(long endedBefore, int runs) {
		List<String> old = this.transactions.read(() -> this.rows.runsEndedBefore(endedBefore, runs));
		if (old.isEmpty()) {
			return 0;
		}
		try {
			return this.impatient.write(() -> this.rows.delete(old));
		}
		catch (PessimisticLockingFailureException ex) {
			logger.debug("Old events are locked and are left for the next sweep", ex);
			return 0;
		}
	}

}
