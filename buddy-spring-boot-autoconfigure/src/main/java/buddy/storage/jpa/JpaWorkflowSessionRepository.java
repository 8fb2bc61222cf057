package buddy.storage.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.SingletonSupplier;

import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionExistsException;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;

/**
 * {@link WorkflowSessionRepository} in the database of an entity manager factory. Runs
 * begin and end with JDBC, other queries use JPA, both on the connection of the caller's
 * transaction if there is one.
 *
 * <p>
 * Within a read-write transaction of the caller, a run is stored when it ends, as part of
 * that transaction. If the run fails or the transaction is rolled back, its record is
 * written afterwards.
 */
final class JpaWorkflowSessionRepository implements WorkflowSessionRepository {

	private static final RunPage.Cursor NEWEST = new RunPage.Cursor(Instant.ofEpochMilli(Long.MAX_VALUE), "");

	private final StorageTransactions transactions;

	private final SessionRows sessionRows;

	private final RunRows runRows;

	private final RunLifecycle lifecycle;

	private final EntityQueries queries;

	private final SessionList list;

	private final RunList runList;

	private final SessionAdministration administration;

	private final Supplier<WorkflowRunEntityRepository> runs;

	private final StoredPayloads payloads;

	/**
	 * Creates a repository.
	 * @param entityManagerFactory the entity manager factory with the entities of this
	 * package
	 * @param dataSource the entity manager factory's own data source
	 * @param sessions supplies the entity repository at the first query
	 * @param runs supplies the entity repository at the first query
	 * @param lateWrites executes writes after the caller's transaction
	 * @param fused whether runs begin and end with one statement if the database supports
	 * it
	 * @param timeouts the timeouts of statements
	 */
	JpaWorkflowSessionRepository(EntityManagerFactory entityManagerFactory, DataSource dataSource,
			Supplier<WorkflowSessionEntityRepository> sessions, Supplier<WorkflowRunEntityRepository> runs,
			Executor lateWrites, boolean fused, StorageTimeouts timeouts) {
		this(entityManagerFactory, dataSource, sessions, runs, lateWrites, fused,
				new StatementSettings(timeouts, SchemaTables.OF_CONNECTION));
	}

	JpaWorkflowSessionRepository(EntityManagerFactory entityManagerFactory, DataSource dataSource,
			Supplier<WorkflowSessionEntityRepository> sessions, Supplier<WorkflowRunEntityRepository> runs,
			Executor lateWrites, boolean fused, StatementSettings statements) {
		SchemaTables tables = statements.tables();
		StorageTimeouts timeouts = statements.timeouts();
		this.payloads = statements.payloads();
		SqlDialect dialect = SqlDialect.of(dataSource);
		JdbcTemplate template = dialect.template(dataSource);
		JdbcClient jdbc = tables.client(template);
		this.transactions = new StorageTransactions(dataSource, dialect, timeouts.patient());
		this.sessionRows = new SessionRows(jdbc, dialect, this.payloads);
		this.runRows = new RunRows(jdbc, template, dialect, tables, this.payloads);
		this.lifecycle = lifecycle(dataSource, dialect, fused, lateWrites, statements);
		this.queries = new EntityQueries(entityManagerFactory, dataSource, this.transactions);
		this.list = new SessionList(SingletonSupplier.of(sessions), this.payloads);
		this.runList = new RunList(jdbc, dialect);
		this.administration = new SessionAdministration(jdbc, dialect, this.payloads);
		this.runs = SingletonSupplier.of(runs);
	}

	/**
	 * Creates the lifecycle, with short timeouts since callers wait and connections are
	 * scarce.
	 */
	private static RunLifecycle lifecycle(DataSource dataSource, SqlDialect dialect, boolean fused, Executor lateWrites,
			StatementSettings statements) {
		StorageTimeouts timeouts = statements.timeouts();
		SchemaTables tables = statements.tables();
		StoredPayloads payloads = statements.payloads();
		JdbcTemplate template = dialect.template(dataSource, timeouts);
		JdbcClient jdbc = tables.client(template);
		return new RunLifecycle(new StorageTransactions(dataSource, dialect, timeouts), jdbc,
				new SessionRows(jdbc, dialect, payloads), new RunRows(jdbc, template, dialect, tables, payloads),
				dialect, fused, lateWrites);
	}

	@Override
	public OpenedSession begin(NewRun run) {
		return this.lifecycle.begin(run);
	}

	@Override
	public Optional<OpenedSession> enter(NewRun run) {
		return this.lifecycle.enter(run);
	}

	@Override
	public boolean withdraw(NewRun run) {
		return this.lifecycle.withdraw(run);
	}

	@Override
	public boolean isTemporary(RuntimeException failure) {
		return LostResponses.isTemporary(failure);
	}

	@Override
	public boolean isUncertain(RuntimeException failure) {
		return LostResponses.isPossible(failure);
	}

	@Override
	public boolean undo(NewRun run) {
		return this.lifecycle.undo(run);
	}

	@Override
	public EndOutcome end(RunEnd end) {
		return this.lifecycle.end(end);
	}

	@Override
	public EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		return this.lifecycle.endMerged(end, merge);
	}

	@Override
	public Optional<StoredSession> find(String sessionId) {
		boolean locked = this.lifecycle.hasMissed(sessionId);
		return this.transactions
			.read(() -> locked ? this.sessionRows.findLocked(sessionId) : this.sessionRows.find(sessionId));
	}

	@Override
	public Optional<StoredSession> find(String sessionId, SessionAccess access) {
		boolean locked = this.lifecycle.hasMissed(sessionId);
		return this.transactions.read(() -> this.administration.find(sessionId, access, locked));
	}

	@Override
	public Optional<SessionSummary> findSummary(String sessionId) {
		return this.transactions.read(() -> this.administration.findSummary(sessionId));
	}

	@Override
	public List<SessionSummary> list(SessionQuery query, RunPage page) {
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
		return this.queries.query(() -> this.runs.get().ofId(runId).map((run) -> run.toStoredRun(this.payloads)));
	}

	@Override
	public Optional<StoredRun> findRun(String runId, SessionAccess access) {
		return this.queries.query(() -> this.runs.get()
			.ofId(runId, access.userId(), access.workflowId(), access.includeUnowned())
			.map((run) -> run.toStoredRun(this.payloads)));
	}

	@Override
	public List<StoredRun> runs(String sessionId, RunPage page) {
		RunPage.Cursor after = after(page);
		return this.queries.query(() -> this.runs.get()
			.ofSession(sessionId, after.at().toEpochMilli(), after.id(), Limit.of(page.limit()))
			.stream()
			.map((run) -> run.toStoredRun(this.payloads))
			.toList());
	}

	@Override
	public List<StoredRun> runs(String sessionId, SessionAccess access, RunPage page) {
		RunPage.Cursor after = after(page);
		return this.queries.query(() -> this.runs.get()
			.ofSession(sessionId, access.userId(), access.workflowId(), access.includeUnowned(),
					after.at().toEpochMilli(), after.id(), Limit.of(page.limit()))
			.stream()
			.map((run) -> run.toStoredRun(this.payloads))
			.toList());
	}

	@Override
	public List<RunSummary> listRuns(RunQuery query, RunPage page) {
		return this.transactions.read(() -> this.runList.read(query, after(page), page.limit()));
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
