package buddy.storage.jpa;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.json.internal.StorableJson;
import buddy.run.Cancellation;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.SessionNotFoundException;
import buddy.storage.FlowLimit;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.QueuedRun;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunQueue;
import buddy.storage.RunUnfinishedException;
import buddy.storage.StoredSession;

/**
 * Stores queued runs among the others.
 */
final class JpaRunQueue implements RunQueue {

	/** Other runs may create, take over and delete the session meanwhile. */
	private static final int TRIES = 4;

	private final StorageTransactions transactions;

	private final SessionRows sessions;

	private final RunRows runs;

	private final RunBegins begins;

	private final QueueRows rows;

	private final FlowRows flows;

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 */
	JpaRunQueue(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		JdbcTemplate template = dialect.template(dataSource, statements.timeouts());
		JdbcClient jdbc = statements.tables().client(template);
		this.sessions = new SessionRows(jdbc, dialect, statements.payloads());
		this.runs = new RunRows(jdbc, template, dialect, statements.tables(), statements.payloads());
		this.begins = new RunBegins(this.sessions, this.runs, new HolderRows(jdbc, dialect, statements.payloads()));
		this.rows = new QueueRows(jdbc, dialect, statements.payloads());
		this.flows = new FlowRows(jdbc, dialect);
	}

	@Override
	public void enqueue(QueuedRun run, Consumer<@Nullable String> ticket, Runnable committed) {
		if (run.once() != null) {
			ensure(run.once());
		}
		for (int failed = 1;; failed++) {
			this.transactions.read(() -> {
				this.runs.requireNewKey(run.run());
				return run;
			});
			try {
				settled(() -> this.transactions.write(() -> store(run, ticket)), () -> this.rows.exists(run.run()));
				afterCommit(committed);
				return;
			}
			catch (DataIntegrityViolationException | OptimisticLockingFailureException ex) {
				if (failed == TRIES) {
					throw ex;
				}
			}
		}
	}

	private void afterCommit(Runnable committed) {
		if (!this.transactions.joinsCaller()) {
			committed.run();
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				committed.run();
			}

		});
	}

	private boolean store(QueuedRun run, Consumer<@Nullable String> ticket) {
		String once = run.once();
		String earlier = (once != null) ? earlier(run, once) : null;
		this.begins.prepare(run.run());
		this.runs.insertQueued(run);
		if (once != null) {
			this.flows.put(once, run.run().runId(), FlowRows.COUNTED, null);
		}
		ticket.accept(earlier);
		return true;
	}

	/** Finds the run with the same key, and cancels it if it is to be replaced. */
	private @Nullable String earlier(QueuedRun run, String once) {
		this.flows.lock(once);
		String earlier = this.flows.unfinished(once).orElse(null);
		if (earlier == null) {
			return null;
		}
		if (!run.replaces()) {
			throw new RunUnfinishedException(earlier);
		}
		String why = StorableJson
			.sanitize(RunFailure.because(Cancellation.CANCELLED, "Run '" + run.run().runId() + "' has replaced it"))
			.json();
		boolean replaced = this.rows.end(earlier, new OrphanEnd(RunStatus.CANCELLED, why, run.run().createdAt()));
		return replaced ? earlier : null;
	}

	/** Inserts the row of a limit if there is none, on its own. */
	private void ensure(String key) {
		if (this.transactions.read(() -> this.flows.exists(key))) {
			return;
		}
		try {
			this.transactions.writeBeside(() -> this.flows.insert(key));
		}
		catch (DuplicateKeyException ex) {
			// another run was faster
		}
	}

	@Override
	public Admission admit(String runId, List<FlowLimit> limits) {
		// all lock in the same order
		List<FlowLimit> sorted = limits.stream().sorted(Comparator.comparing(FlowLimit::key)).toList();
		sorted.forEach((limit) -> ensure(limit.key()));
		return this.transactions.writeBeside(() -> admitLocked(runId, sorted));
	}

	private Admission admitLocked(String runId, List<FlowLimit> limits) {
		Map<String, Long> nextAt = new HashMap<>();
		limits.forEach((limit) -> nextAt.put(limit.key(), this.flows.lock(limit.key())));
		for (FlowLimit limit : limits) {
			if (limit.concurrency() > 0 && this.flows.inProgress(limit.key(), runId) >= limit.concurrency()) {
				this.flows.put(limit.key(), runId, FlowRows.HELD, null);
				return new Admission(false, limit.key(), null);
			}
		}
		long now = this.flows.now();
		long startsAt = now;
		for (FlowLimit limit : limits) {
			if (limit.runs() > 0) {
				Long decided = this.flows.startsAt(limit.key(), runId);
				long at = (decided != null) ? decided
						: this.flows.reserve(limit, Objects.requireNonNull(nextAt.get(limit.key())), now);
				this.flows.put(limit.key(), runId, FlowRows.RESERVED, at);
				startsAt = Math.max(startsAt, at);
			}
		}
		if (startsAt > now) {
			return new Admission(false, null, Duration.ofMillis(startsAt - now));
		}
		limits.forEach((limit) -> this.flows.put(limit.key(), runId, FlowRows.COUNTED, null));
		return Admission.ADMITTED;
	}

	@Override
	public List<Entry> release(String runId, List<FlowLimit> limits) {
		return this.transactions.writeBeside(() -> {
			List<String> keys = limits.stream().map(FlowLimit::key).sorted().toList();
			keys.forEach(this.flows::lock);
			this.flows.delete(runId);
			return keys.stream().flatMap((key) -> this.flows.firstHeld(key, "").stream()).distinct().toList();
		});
	}

	@Override
	public List<Entry> firstHeld(String key, String except) {
		return this.transactions.read(() -> this.flows.firstHeld(key, except)).stream().toList();
	}

	@Override
	public List<Entry> firstHeld() {
		this.transactions.writeBeside(this.flows::deleteOld);
		List<String> keys = this.transactions.read(this.flows::keysThatHold);
		return keys.isEmpty() ? List.of() : this.transactions
			.read(() -> keys.stream().flatMap((key) -> this.flows.firstHeld(key, "").stream()).distinct().toList());
	}

	@Override
	public Optional<OpenedSession> start(NewRun run) {
		// first, since a run that has been started and cannot be opened is nobody's
		StoredSession session = this.transactions.read(() -> this.sessions.find(run.sessionId())).orElse(null);
		boolean started = settled(() -> this.transactions.writeAtOnce(() -> this.rows.start(run)),
				() -> this.rows.isStarted(run));
		if (!started) {
			return Optional.empty();
		}
		if (session == null) {
			throw new SessionNotFoundException(run.sessionId());
		}
		return Optional
			.of(new OpenedSession(session, true, false, run.concurrency().isExclusive() ? run.createdAt() : null));
	}

	@Override
	public boolean end(String runId, OrphanEnd end) {
		return this.transactions.write(() -> this.rows.end(runId, end));
	}

	@Override
	public List<Entry> list(@Nullable Entry after, int limit) {
		return this.transactions.read(() -> this.rows.list(after, limit));
	}

	/** Settles a write whose response was lost, by a look that waits for it. */
	private boolean settled(BooleanSupplier write, BooleanSupplier look) {
		try {
			return write.getAsBoolean();
		}
		catch (RuntimeException ex) {
			if (LostResponses.isPossible(ex) && !this.transactions.joinsCaller() && isStored(look, ex)) {
				return true;
			}
			throw ex;
		}
	}

	private boolean isStored(BooleanSupplier look, RuntimeException failure) {
		try {
			return this.transactions.writeAtOnce(look::getAsBoolean);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

}
