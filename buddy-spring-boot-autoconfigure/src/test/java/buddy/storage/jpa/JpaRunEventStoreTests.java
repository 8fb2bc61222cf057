package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.event.EventPosition;
import buddy.event.RunEventStore;
import buddy.event.RunEventStoreContractTests;
import buddy.event.StoredEvent;
import buddy.session.RetentionOptions;
import buddy.storage.NewRun;
import buddy.storage.RunRetention;
import buddy.storage.SessionRetention;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

@ParameterizedClass(name = "{0}")
@EnumSource(TestDatabase.class)
class JpaRunEventStoreTests extends RunEventStoreContractTests {

	private static final String ONE_WRITER = "SQLite: nobody else writes while a transaction is open";

	private final TestDatabase database;

	private final TestApplication application;

	JpaRunEventStoreTests(TestDatabase database) {
		this.database = database;
		this.application = JpaStorage.on(database, true).application();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.application.emptyRepository();
	}

	@Override
	protected RunEventStore events() {
		return this.application.bean(RunEventStore.class);
	}

	@Override
	protected RunJournal journal() {
		return this.application.bean(RunJournal.class);
	}

	@Test
	void batchIsOneStatement() {
		String run = begin();
		this.application.statements();
		events().append(events(run, 1, 500));
		assertThat(this.application.statements()).singleElement()
			.satisfies((insert) -> assertThat(insert.sql()).contains("into buddy_workflow_run_event"));

		events().append(events(run, 501, 502));
		String few = this.application.statements().get(0).sql();
		events().append(events(run, 503, 510));
		assertThat(this.application.statements()).extracting(Statement::sql).containsExactly(few);
		assertThat(events().read(run, EventPosition.START, 1000)).hasSize(510);
	}

	@Test
	void readAndHeadsAreOneStatementEach() {
		List<String> runs = IntStream.range(0, 20).mapToObj((i) -> begin()).toList();
		runs.forEach((run) -> events().append(events(run, 1, 3)));
		this.application.statements();
		events().read(runs.get(0), EventPosition.START, 10);
		assertThat(this.application.statements()).hasSize(1);
		assertThat(events().heads(runs)).hasSize(20);
		assertThat(this.application.statements()).hasSize(1);
	}

	@Test
	void eventsAreStoredWhateverTheCallersTransactionDoes() {
		String run = begin();
		if (this.database == TestDatabase.SQLITE) {
			return; // the caller's transaction would keep all others from writing
		}
		TransactionTemplate transaction = new TransactionTemplate(
				new JdbcTransactionManager(this.application.bean(DataSource.class)));
		transaction.executeWithoutResult((status) -> {
			events().append(events(run, 1, 2));
			status.setRollbackOnly();
		});
		assertThat(events().read(run, EventPosition.START, 10)).hasSize(2);
	}

	@Test
	void runThatATransactionHasLockedDelaysOnlyItsOwnEvents() throws SQLException {
		assumeFalse(this.database == TestDatabase.SQLITE, ONE_WRITER);
		String locked = begin();
		List<String> others = List.of(begin(), begin());
		try (Connection transaction = this.application.bean(DataSource.class).getConnection()) {
			transaction.setAutoCommit(false);
			try (PreparedStatement update = transaction
				.prepareStatement("update buddy_workflow_run set cancel_requested = 'stop' where run_id = ?")) {
				update.setString(1, locked);
				assertThat(update.executeUpdate()).isOne();
			}
			// the others' are stored already in part, as after a lost response
			events().append(events(others.get(0), 1, 2));
			assertThat(events().append(mixed(locked, others))).containsExactly(locked);
			assertThat(events().append(events(locked, 1, 3))).containsExactly(locked);
			assertThat(others).allSatisfy((run) -> assertThat(sequences(run)).containsExactly(1L, 2L, 3L));
			transaction.commit();
			transaction.setAutoCommit(true);
		}
		assertThat(sequences(locked)).isEmpty();
		assertThat(events().append(events(locked, 1, 4))).isEmpty();
		assertThat(sequences(locked)).containsExactly(1L, 2L, 3L, 4L);
	}

	@Test
	void stepWhoseTransactionIsOpenDelaysNoOtherRunsEvents() {
		assumeFalse(this.database == TestDatabase.SQLITE, ONE_WRITER);
		String stepping = begin();
		List<String> others = List.of(begin(), begin());
		StepHead head = new StepHead("pay", 0, StepKind.STEP, StepStatus.DONE, 1, 0, 500, 600L, null);
		TransactionTemplate transaction = new TransactionTemplate(
				new JdbcTransactionManager(this.application.bean(DataSource.class)));
		transaction.executeWithoutResult((status) -> {
			journal().writeInTransaction(() -> new StoredStep(stepping, head), false);
			// where steps and events share the lock, the run's own are stored too
			assertThat(events().append(mixed(stepping, others))).isSubsetOf(stepping);
			assertThat(others).allSatisfy((run) -> assertThat(sequences(run)).containsExactly(1L, 2L, 3L));
		});
		assertThat(events().append(events(stepping, 1, 3))).isEmpty();
		assertThat(sequences(stepping)).containsExactly(1L, 2L, 3L);
	}

	@Test
	void runThatIsTakenMeanwhileStoresNoMoreOfItsEarlierExecution() throws SQLException {
		assumeFalse(this.database == TestDatabase.SQLITE, ONE_WRITER);
		String taken = begin();
		String other = begin();
		try (Connection transaction = this.application.bean(DataSource.class).getConnection()) {
			transaction.setAutoCommit(false);
			try (PreparedStatement take = transaction
				.prepareStatement("update buddy_workflow_run set epoch = 1 where run_id = ?")) {
				take.setString(1, taken);
				assertThat(take.executeUpdate()).isOne();
			}
			assertThat(events().append(mixed(taken, List.of(other)))).containsExactly(taken);
			transaction.commit();
			transaction.setAutoCommit(true);
		}
		assertThat(events().append(events(taken, 1, 3))).isEmpty();
		assertThat(sequences(taken)).isEmpty();
		assertThat(sequences(other)).containsExactly(1L, 2L, 3L);
	}

	/** Three events of each run, one run after the other and back. */
	private static List<StoredEvent> mixed(String first, List<String> others) {
		return LongStream.rangeClosed(1, 3)
			.boxed()
			.flatMap((i) -> Stream.concat(Stream.of(first), others.stream())
				.flatMap((run) -> events(run, i.intValue(), i.intValue()).stream()))
			.toList();
	}

	private List<Long> sequences(String run) {
		return events().read(run, EventPosition.START, 100)
			.stream()
			.map((event) -> event.position().sequence())
			.toList();
	}

	@Test
	void retentionOfRunsAndSessionsTakesTheEventsAlong() {
		List<String> runs = IntStream.range(0, 3).mapToObj((i) -> begin()).toList();
		runs.forEach((run) -> events().append(events(run, 1, 3)));
		JdbcTemplate jdbc = new JdbcTemplate(this.application.bean(DataSource.class));
		jdbc.update("update buddy_workflow_run set status = 'COMPLETED', ended_at = 600");
		RunRetention retention = this.application.bean(RunRetention.class);
		new SessionRetention(() -> List.of(retention), new RetentionOptions(null, 2, null), java.util.Map::of, 10,
				java.time.Clock.systemUTC())
			.sweep();
		assertThat(rows(jdbc)).isEqualTo(6);
		new SessionRetention(() -> List.of(retention), new RetentionOptions(null, null, java.time.Duration.ofDays(1)),
				java.util.Map::of, 10, java.time.Clock.systemUTC())
			.sweep();
		assertThat(rows(jdbc)).isZero();
	}

	private static long rows(JdbcTemplate jdbc) {
		return jdbc.queryForObject("select count(*) from buddy_workflow_run_event", Long.class);
	}

	private String begin() {
		NewRun run = TestRun.of(UUID.randomUUID().toString()).at(500).newRun();
		this.application.bean(WorkflowSessionRepository.class).begin(run);
		return run.runId();
	}

	private static List<StoredEvent> events(String runId, int first, int last) {
		return LongStream.rangeClosed(first, last)
			.mapToObj((i) -> new StoredEvent(runId, new EventPosition(0, i),
					"{\"event\":\"CustomEvent\",\"n\":" + i + "}"))
			.toList();
	}

}
