package buddy.web;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import buddy.storage.SessionRetention;
import buddy.storage.jpa.StorageSetupException;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tables in another schema than that of the connections, by everything that reads and
 * writes them; and a database user who may only do that.
 */
@ExtendWith(OutputCaptureExtension.class)
class StorageSchemaNameTests {

	private static final String ECHO = "{\"session\":{\"session_id\":\"s1\"},\"input\":{\"text\":\"a\",\"times\":1}}";

	/** PostgreSQL's is used by a user without rights, below. */
	static List<TestDatabase> databases() {
		return List.of(TestDatabase.MARIADB, TestDatabase.H2, TestDatabase.POSTGRESQL).subList(0, Nightly.size(1, 3));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void everythingIsInTheSchema(TestDatabase database, CapturedOutput output) {
		String schema = (database == TestDatabase.MARIADB) ? "buddy_of_" + System.nanoTime() : "Other";
		String[] properties = database.create();
		String named = "buddy.storage.schema-name=" + schema;
		try (WebApplication application = WebApplication.start(properties,
				new String[] { named, "buddy.workflows.gated.concurrency=wait",
						"buddy.workflows.owned.concurrency=reject", "buddy.workflows.asking.queue.concurrency=1",
						"buddy.web.queue-runs=true" },
				AskingWorkflows.class)) {
			useAll(application);
			assertThat(output).doesNotContain(BadSqlGrammarException.class.getName());
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			assertThat(tables(jdbc)).containsOnly(schema);
			assertThatExceptionOfType(BadSqlGrammarException.class)
				.isThrownBy(() -> jdbc.queryForList("select * from buddy_workflow_run"));
		}
		try (WebApplication again = WebApplication.start(properties,
				new String[] { named, "buddy.storage.schema=validate" })) {
			assertThat(again.http().get("/buddy/sessions/s1").status()).isEqualTo(200);
		}
	}

	@Test
	void userWithoutTheRightToChangeTablesCanRun(CapturedOutput output) {
		String[] properties = TestDatabase.POSTGRESQL.create();
		String url = properties[0].substring("spring.datasource.url=".length());
		JdbcTemplate owner = new JdbcTemplate(new DriverManagerDataSource(url, "postgres", ""));
		String role = "app_" + System.nanoTime();
		owner.execute("create role " + role + " login; create schema buddy; grant usage on schema buddy to " + role
				+ "; alter default privileges in schema buddy grant select, insert, update, delete on tables to "
				+ role);
		String[] restricted = Stream.concat(
				Arrays.stream(properties)
					.filter((property) -> !property.contains("username") && !property.contains("datasource.url")),
				Stream.of("spring.datasource.username=" + role,
						// the user in the URL would win
						"spring.datasource.url=" + url.replaceAll("\\?.*", "")))
			.toArray(String[]::new);
		if (Nightly.size(0, 1) > 0) {
			// Flyway takes its time to give up
			assertThatThrownBy(
					() -> WebApplication.start(restricted, new String[] { "buddy.storage.schema-name=buddy" }))
				.hasRootCauseInstanceOf(java.sql.SQLException.class)
				.hasStackTraceContaining("buddy.storage.migration.*");
		}
		try (WebApplication application = WebApplication.start(restricted,
				new String[] { "buddy.storage.schema-name=buddy", "buddy.storage.migration.username=postgres",
						"buddy.workflows.asking.queue.concurrency=1", "buddy.web.queue-runs=true" },
				AskingWorkflows.class)) {
			useAll(application);
			assertThat(output).doesNotContain(BadSqlGrammarException.class.getName());
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			assertThatThrownBy(() -> jdbc.execute("create table buddy.more (id int)"))
				.hasStackTraceContaining("permission denied");
			assertThat(tables(owner)).containsOnly("buddy");
		}
		try (WebApplication again = WebApplication.start(restricted,
				new String[] { "buddy.storage.schema-name=buddy", "buddy.storage.schema=validate" })) {
			assertThat(again.http().get("/buddy/sessions/s1").status()).isEqualTo(200);
		}
	}

	@Test
	void schemaThatCannotBeIsReported() {
		assertThatThrownBy(() -> WebApplication.start(TestDatabase.SQLITE.create(),
				new String[] { "buddy.storage.schema-name=other",
						"spring.jpa.database-platform=org.hibernate.community.dialect.SQLiteDialect" }))
			.hasRootCauseInstanceOf(StorageSetupException.class)
			.hasStackTraceContaining("SQLite")
			.hasStackTraceContaining("has no schemas");
		assertThatThrownBy(() -> WebApplication.open("buddy.storage.schema-name=a\"b"))
			.hasStackTraceContaining("buddy.storage.schema-name is 'a\"b'");
	}

	private static void useAll(WebApplication application) {
		Http http = application.http();
		assertThat(http.with("Idempotency-Key", "k").post("/buddy/workflows/echo/runs", ECHO).status()).isEqualTo(200);
		assertThat(http.post("/buddy/workflows/echo/runs", ECHO).status()).isEqualTo(200);
		Response streamed = http.with("Accept", "text/event-stream")
			.post("/buddy/workflows/flowing/runs", "{\"input\":{\"text\":\"b\"}}");
		assertThat(streamed.body()).contains("WorkflowCompleted");
		Http later = http.with("Prefer", "respond-async");
		Object first = later.post("/buddy/workflows/gated/runs", "{\"session\":{\"session_id\":\"s2\"}}").at("run_id");
		assertThat(http.post("/buddy/runs/" + first + "/cancel", "{}").status()).isEqualTo(202);
		Awaitility.await()
			.untilAsserted(() -> assertThat(http.get("/buddy/runs/" + first).at("status")).isEqualTo("CANCELLED"));
		assertThat(http.get("/buddy/sessions?limit=1").at("items"))
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
			.hasSize(1);
		assertThat(http.get("/buddy/runs?session_id=s1&status=COMPLETED").status()).isEqualTo(200);
		assertThat(http.get("/buddy/sessions/s1/export").status()).isEqualTo(200);
		assertThat(http.patch("/buddy/sessions/s1", "{\"session_name\":\"n\"}").status()).isEqualTo(200);
		assertThat(http.delete("/buddy/sessions/s2").status()).isEqualTo(204);
		useWhatWaits(http);
		application.bean(SessionRetention.class).sweep();
	}

	/** Steps, questions, the queue with its flow control, schedules, audit, figures. */
	private static void useWhatWaits(Http http) {
		Response accepted = http.with("Prefer", "respond-async").post("/buddy/workflows/asking/runs", "{}");
		assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
		String run = "/buddy/runs/" + accepted.at("run_id");
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> assertThat(http.get(run).at("status")).isEqualTo("PAUSED"));
		assertThat(http.get("/buddy/questions").items()).hasSize(1);
		assertThat(http.post(run + "/answers", "{\"question\":\"approve\",\"answer\":{\"approved\":true}}").status())
			.isEqualTo(200);
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> assertThat(http.get(run).at("status")).isEqualTo("COMPLETED"));
		assertThat(http.get(run + "/steps").items()).isNotEmpty();
		assertThat(http.with("Accept", "text/event-stream").get(run + "/events").body()).contains("RunPaused",
				"RunContinued", "WorkflowCompleted");
		String schedule = "{\"schedule_id\":\"later\",\"workflow_id\":\"echo\",\"cron\":\"0 0 0 1 1 *\",\"input\":{\"text\":\"a\",\"times\":1}}";
		assertThat(http.post("/buddy/schedules", schedule).status()).isEqualTo(201);
		assertThat(http.delete("/buddy/schedules/later").status()).isEqualTo(204);
		assertThat(http.get("/buddy/audit").items()).isNotEmpty();
		assertThat(http.get("/buddy/nodes").items()).isNotEmpty();
		assertThat(http.get("/buddy/stats?window=1h").status()).isEqualTo(200);
	}

	private static List<String> tables(JdbcTemplate jdbc) {
		List<Map<String, Object>> rows = jdbc
			.queryForList("select table_schema as s from information_schema.tables where lower(table_name) in"
					+ " ('buddy_workflow_run', 'buddy_workflow_session', 'buddy_node', 'buddy_workflow_run_event',"
					+ " 'buddy_workflow_run_step', 'buddy_workflow_run_question', 'buddy_schema_history',"
					+ " 'buddy_task', 'buddy_workflow_flow', 'buddy_workflow_flow_run', 'buddy_workflow_schedule',"
					+ " 'buddy_workflow_audit', 'buddy_workflow_budget')"
					+ (isMariaDb(jdbc) ? " and (table_schema = database() or create_time > now() - interval 1 minute"
							+ " and table_schema like 'buddy_of_%')" : ""));
		assertThat(rows).hasSize(13);
		return rows.stream().map((row) -> String.valueOf(row.values().iterator().next())).toList();
	}

	private static boolean isMariaDb(JdbcTemplate jdbc) {
		return Boolean.TRUE.equals(jdbc.execute((org.springframework.jdbc.core.ConnectionCallback<Boolean>) (
				connection) -> connection.getMetaData().getDatabaseProductName().equals("MariaDB")));
	}

}
