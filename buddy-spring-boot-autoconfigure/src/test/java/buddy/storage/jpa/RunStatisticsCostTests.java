package buddy.storage.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.QuestionViewer;
import buddy.durable.RunWaits;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.WorkflowSessions;
import buddy.storage.RunStatistics;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Statistics cost a few statements, each of which finds its rows by an index, however
 * many runs there are.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class RunStatisticsCostTests {

	private static final int RUNS = Nightly.size(5_000, 20_000);

	private static final int SESSIONS = 500;

	private static final int MOST = 100;

	private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

	/** Columns of any size. */
	private static final List<String> LARGE = List.of("input,", "response", "error,", "shown", "answer");

	/** The parts of a statement that stop after so many rows. */
	private static final Pattern LIMITED = Pattern.compile("(select [^()*]* limit \\?|^select .* limit 1 offset \\?$)");

	private final TestDatabase database;

	private final JpaStorage storage;

	private final JdbcTemplate jdbc;

	RunStatisticsCostTests(TestDatabase database) {
		this.database = database;
		this.storage = JpaStorage.on(database, true);
		this.jdbc = new JdbcTemplate(this.storage.dataSource());
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	/** A run each second until noon: all have ended but a hundred. */
	@BeforeEach
	void seed() {
		this.storage.application().emptyRepository();
		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> insert());
		this.jdbc.execute(switch (this.database) {
			case H2 -> "analyze sample_size 0";
			case MARIADB -> "analyze table buddy_workflow_run, buddy_workflow_run_question";
			default -> "analyze";
		});
		this.storage.application().statements();
	}

	private void insert() {
		this.jdbc.batchUpdate(
				"insert into buddy_workflow_session (session_id, workflow_id, user_id, created_at, updated_at, version)"
						+ " values (?, 'w1', ?, 1, 1, 1)",
				IntStream.range(0, SESSIONS).mapToObj((i) -> new Object[] { "s" + i, "alice" }).toList());
		this.jdbc.batchUpdate(
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, created_at, ended_at)"
						+ " values (?, ?, 'w1', ?, ?, ?)",
				IntStream.range(0, RUNS).mapToObj(RunStatisticsCostTests::run).toList());
		this.jdbc.update("update buddy_workflow_run set workflow_id = 'rare' where created_at = ?",
				NOON - (RUNS - 2) * 1000L);
		this.jdbc.update("insert into buddy_workflow_run_question (run_id, step_key, status, answer_schema, asked_at)"
				+ " select run_id, 'ask', 'ANSWERED', '{}', created_at from buddy_workflow_run where created_at > ?",
				NOON - 5_000_000);
		this.jdbc.update("insert into buddy_workflow_run_question (run_id, step_key, status, answer_schema, asked_at)"
				+ " select run_id, 'again', 'OPEN', '{}', created_at from buddy_workflow_run where status = 'PAUSED'");
	}

	private static Object[] run(int i) {
		long at = NOON - (RUNS - 1 - i) * 1000L;
		String status = (i % 200 == 0) ? "PAUSED" : "COMPLETED";
		return new Object[] { RunIds.before(at) + "-7000-8000-000000000000", "s" + i % SESSIONS, status, at,
				status.equals("COMPLETED") ? at + 500 : null };
	}

	@Test
	void fewStatementsFindTheirRowsByIndexes() {
		statisticsAndQuestions(null, QuestionViewer.EVERYBODY);
		List<Statement> asked = this.storage.application().statements();
		assertThat(asked).hasSize(5);
		assertThat(asked)
			.allSatisfy((statement) -> assertThat(statement.sql().split(" from ", 2)[0]).as(statement.sql())
				.doesNotContain(LARGE));
		assertThat(asked).allSatisfy(this::readsNoTableAsAWhole);

		this.storage.application().statements();
		QuestionViewer alice = new QuestionViewer(QuestionViewer.Owners.ALL, QuestionViewer.Owners.of("alice", true),
				"alice", Set.of("boss"));
		statisticsAndQuestions(SessionAccess.ofUser("alice"), alice);
		asked = this.storage.application().statements();
		assertThat(asked).hasSize(5).allSatisfy(this::readsNoTableAsAWhole);
	}

	@Test
	void newestRunsOfAListAreFoundByAnIndex() {
		WorkflowSessions sessions = this.storage.application().bean(WorkflowSessions.class).ofEverybody();
		RunPage first = RunPage.first(10);
		Page<RunSummary> page = sessions.listRuns(RunQuery.all(), first);
		assertThat(page.items()).hasSize(10);
		sessions.listRuns(RunQuery.all(), new RunPage(10, page.next()));
		sessions.listRuns(RunQuery.all().withStatus(Set.of(RunStatus.ERROR)), first);
		assertThat(sessions.listRuns(RunQuery.all().ofWorkflow("rare"), first).items()).hasSize(1);
		List<Statement> asked = this.storage.application().statements();
		// PostgreSQL looks for the last run of the page first: an index of all runs by
		// their time costs too much of the log
		assertThat(asked).hasSize((this.database == TestDatabase.POSTGRESQL) ? 7 : 4);
		// a workflow with hardly any run is searched for among all there
		assertThat((this.database == TestDatabase.POSTGRESQL) ? asked.subList(0, 5) : asked)
			.allSatisfy(this::looksUpAnIndex);
		if (this.database == TestDatabase.H2) {
			assertThat(asked.subList(0, 2))
				.allSatisfy((statement) -> assertThat(plan(statement)).contains("index sorted"));
		}
	}

	private void statisticsAndQuestions(SessionAccess viewer, QuestionViewer ofQuestions) {
		TestApplication application = this.storage.application();
		RunStatistics statistics = application.bean(RunStatistics.class);
		RunStatistics.RecentRuns recent = statistics.recent(Instant.ofEpochMilli(NOON).minusSeconds(3600),
				Instant.ofEpochMilli(NOON), viewer, MOST);
		assertThat(recent.runs()).hasSize(MOST);
		assertThat(recent.cut()).isEqualTo(Instant.ofEpochMilli(NOON).minusSeconds(MOST));
		assertThat(statistics.unfinished(viewer, MOST).counts().values()).containsExactly(RUNS / 200);
		assertThat(application.bean(RunWaits.class).countOpen(ofQuestions, MOST)).isEqualTo(RUNS / 200);
	}

	private void readsNoTableAsAWhole(Statement statement) {
		looksUpAnIndex(statement);
		if (this.database == TestDatabase.H2) {
			// it tells only of a query of its own whether it stops at the limit
			assertThat(LIMITED.matcher(statement.sql()).results().map((part) -> part.group(1))).isNotEmpty()
				.allSatisfy((part) -> assertThat(
						this.jdbc.queryForObject("explain " + part.replace("?", "'1'"), String.class))
					.contains("index sorted"));
		}
	}

	private void looksUpAnIndex(Statement statement) {
		String plan = plan(statement).toLowerCase(Locale.ROOT);
		switch (this.database) {
			case POSTGRESQL ->
				assertThat(plan).doesNotContain("seq scan on buddy_workflow_run").containsPattern("index (only )?scan");
			case H2 -> assertThat(plan).doesNotContain("tablescan");
			case SQLITE -> assertThat(plan).contains("using index").doesNotContainPattern("detail=scan (buddy|s\\b)");
			case MARIADB -> assertThat(plan)
				// an index that is read until there are eleven rows is looked up too
				.doesNotContainPattern("table=(buddy_\\w+|r|s), type=(all|index(?!.{0,120}rows=11,))\\b");
		}
	}

	private String plan(Statement statement) {
		String explain = (this.database == TestDatabase.SQLITE) ? "explain query plan " : "explain ";
		return this.jdbc.queryForList(explain + statement.sql(), statement.values().toArray()).toString();
	}

}
