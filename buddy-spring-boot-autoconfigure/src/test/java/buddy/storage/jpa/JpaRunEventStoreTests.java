package buddy.storage.jpa;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.RunJournal;
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

@ParameterizedClass(name = "{0}")
@EnumSource(TestDatabase.class)
class JpaRunEventStoreTests extends RunEventStoreContractTests {

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
				new JdbcTransactionManager(this.application.bean(javax.sql.DataSource.class)));
		transaction.executeWithoutResult((status) -> {
			events().append(events(run, 1, 2));
			status.setRollbackOnly();
		});
		assertThat(events().read(run, EventPosition.START, 10)).hasSize(2);
	}

	@Test
	void retentionOfRunsAndSessionsTakesTheEventsAlong() {
		List<String> runs = IntStream.range(0, 3).mapToObj((i) -> begin()).toList();
		runs.forEach((run) -> events().append(events(run, 1, 3)));
		JdbcTemplate jdbc = new JdbcTemplate(this.application.bean(javax.sql.DataSource.class));
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
