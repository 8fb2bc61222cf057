package buddy.storage.jpa;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.session.EndOutcome;
import buddy.session.NewRun;
import buddy.session.OpenedSession;
import buddy.session.RunEnd;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionExistsException;
import buddy.session.SessionQuery;
import buddy.session.StoredRun;
import buddy.session.StoredSession;
import buddy.session.WorkflowSessionRepository;

/**
 * Stores sessions and runs in the database of an entity manager factory: what a run does
 * by JDBC, what people ask by JPA queries, both on the connection of the caller's
 * transaction if there is one.
 *
 * <p>
 * Within a transaction of the caller that may write, a run is stored when it ends, and
 * with that transaction; if the run ended badly or the transaction rolls back, its record
 * is written afterwards.
 */
final class JpaWorkflowSessionRepository implements WorkflowSessionRepository {

	private static final RunPage.Cursor NEWEST = new RunPage.Cursor(Long.MAX_VALUE, "");

	private final StorageTransactions transactions;

	private final SessionRows sessionRows;

	private final RunRows runRows;

	private final RunEnds ends;

	private final LateEnds lateEnds;

	private final EntityQueries queries;

	private final SessionList list;

	private final SessionAdministration administration;

	private final WorkflowRunEntityRepository runs;

	/**
	 * Stores in the database of an entity manager factory.
	 * @param entityManagerFactory manages the entities of this package
	 * @param dataSource the entity manager factory's own data source
	 * @param sessions queries through a shared entity manager of the factory
	 * @param runs queries through a shared entity manager of the factory
	 * @param lateWrites writes what could not be written within the caller's transaction,
	 * on a thread of its own
	 */
	JpaWorkflowSessionRepository(EntityManagerFactory entityManagerFactory, DataSource dataSource,
			WorkflowSessionEntityRepository sessions, WorkflowRunEntityRepository runs, Executor lateWrites) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		JdbcTemplate template = dialect.template(dataSource);
		JdbcClient jdbc = JdbcClient.create(template);
		this.transactions = new StorageTransactions(dataSource, dialect);
		this.sessionRows = new SessionRows(jdbc, dialect);
		this.runRows = new RunRows(jdbc, template, dialect);
		this.ends = new RunEnds(this.sessionRows, this.runRows);
		this.lateEnds = new LateEnds(this::storeApart, lateWrites);
		this.queries = new EntityQueries(entityManagerFactory, dataSource, this.transactions);
		this.list = new SessionList(sessions);
		this.administration = new SessionAdministration(jdbc);
		this.runs = runs;
	}

	@Override
	public OpenedSession begin(NewRun run) {
		if (!run.recordStart() || this.transactions.joinsCaller()) {
			return this.transactions.read(() -> new OpenedSession(look(run), false));
		}
		try {
			return this.transactions.writeApart(() -> new OpenedSession(open(run), true));
		}
		catch (DataIntegrityViolationException | OptimisticLockingFailureException ex) {
			// another run created, took over or deleted the session in the midst of this
			return this.transactions.writeApart(() -> new OpenedSession(open(run), true));
		}
	}

	/** The session as the run's end will find or create it. */
	private StoredSession look(NewRun run) {
		Optional<StoredSession> found = this.sessionRows.find(run.sessionId());
		found.ifPresent(run::requireOwner);
		return found.map(run::adopt).orElseGet(run::newSession);
	}

	private StoredSession open(NewRun run) {
		StoredSession session = this.sessionRows.find(run.sessionId()).orElse(null);
		if (session == null) {
			session = run.newSession();
			this.sessionRows.insert(session);
		}
		else {
			run.requireOwner(session);
			session = takeOver(run, session);
		}
		this.runRows.insertRunning(run);
		return session;
	}

	private StoredSession takeOver(NewRun run, StoredSession session) {
		String userId = run.userId();
		if (session.userId() != null || userId == null) {
			return session;
		}
		if (!this.sessionRows.takeOver(session.sessionId(), userId)) {
			throw new OptimisticLockingFailureException("Session '" + session.sessionId()
					+ "' was taken over or deleted while run '" + run.runId() + "' began");
		}
		return run.adopt(session);
	}

	@Override
	public Optional<OpenedSession> enter(NewRun run) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean withdraw(NewRun run) {
		throw new UnsupportedOperationException();
	}

	@Override
	public EndOutcome end(RunEnd end) {
		if (!this.transactions.joinsCaller()) {
			return store(end);
		}
		CallersTransaction callers = CallersTransaction.of(this.lateEnds);
		if (end.status() != RunStatus.COMPLETED) {
			callers.endsLate(end);
			return EndOutcome.STORED;
		}
		EndOutcome outcome = store(end);
		callers.ended(end, outcome);
		return outcome;
	}

	private EndOutcome store(RunEnd end) {
		return store(end, this.transactions::write);
	}

	private EndOutcome storeApart(RunEnd end) {
		return store(end, this.transactions::writeApart);
	}

	private EndOutcome store(RunEnd end, Function<Supplier<EndOutcome>, EndOutcome> transaction) {
		try {
			try {
				return transaction.apply(() -> this.ends.write(end, false));
			}
			catch (DuplicateKeyException ex) {
				return transaction.apply(() -> this.ends.write(end, true));
			}
		}
		catch (RunEnds.GoneException ex) {
			return EndOutcome.GONE;
		}
	}

	@Override
	public Optional<StoredSession> find(String sessionId) {
		// a repeatable read would find the version again that the run's end has just
		// missed
		boolean locked = this.transactions.joinsCaller() && CallersTransaction.of(this.lateEnds).hasMissed(sessionId);
		return this.transactions
			.read(() -> locked ? this.sessionRows.findLocked(sessionId) : this.sessionRows.find(sessionId));
	}

	@Override
	public List<StoredSession> list(SessionQuery query, RunPage page) {
		return this.queries.query(() -> this.list.read(query, after(page), page.limit()));
	}

	@Override
	public void create(StoredSession session, List<StoredRun> runs) {
		try {
			this.transactions.write(() -> {
				this.sessionRows.insert(session);
				this.runRows.insertAll(runs);
				return session;
			});
		}
		catch (DuplicateKeyException ex) {
			throw new SessionExistsException(session.sessionId(), ex);
		}
	}

	@Override
	public boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName) {
		return this.transactions.write(() -> this.administration.rename(sessionId, access, sessionName));
	}

	@Override
	public boolean delete(String sessionId, SessionAccess access) {
		return this.transactions.write(() -> this.administration.delete(sessionId, access));
	}

	@Override
	public Optional<StoredRun> findRun(String runId) {
		return this.queries.query(() -> this.runs.ofId(runId).map(WorkflowRunEntity::toStoredRun));
	}

	@Override
	public Optional<StoredRun> findRun(String runId, SessionAccess access) {
		return this.queries.query(() -> this.runs.ofId(runId, access.userId(), access.workflowId(), access.nobodys())
			.map(WorkflowRunEntity::toStoredRun));
	}

	@Override
	public List<StoredRun> runs(String sessionId, RunPage page) {
		RunPage.Cursor after = after(page);
		return this.queries.query(() -> this.runs.ofSession(sessionId, after.at(), after.id(), Limit.of(page.limit()))
			.stream()
			.map(WorkflowRunEntity::toStoredRun)
			.toList());
	}

	@Override
	public List<StoredRun> runs(String sessionId, SessionAccess access, RunPage page) {
		RunPage.Cursor after = after(page);
		return this.queries.query(
				() -> this.runs
					.ofSession(sessionId, access.userId(), access.workflowId(), access.nobodys(), after.at(),
							after.id(), Limit.of(page.limit()))
					.stream()
					.map(WorkflowRunEntity::toStoredRun)
					.toList());
	}

	@Override
	public int deleteRuns(String sessionId, SessionAccess access) {
		return this.transactions.write(() -> this.administration.deleteRuns(sessionId, access));
	}

	private static RunPage.Cursor after(RunPage page) {
		RunPage.Cursor after = page.after();
		return (after != null) ? after : NEWEST;
	}

}
