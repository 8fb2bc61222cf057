package buddy.web;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import buddy.durable.QuestionOptions;
import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.storage.jpa.StorageSetupException;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.AskingWorkflows.Approval;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/**
 * With a key, nothing that people or models have said stands in the database as they have
 * said it, and everything works that works without.
 */
@ExtendWith(OutputCaptureExtension.class)
class EncryptedStorageTests {

	/** Stands in everything that a client sends. */
	private static final String SECRET = "Geheimnis";

	private static final String[] FIRST_KEY = { "buddy.storage.encryption.current-key=first",
			"buddy.storage.encryption.keys.first=" + key('a') };

	/** Without the first one. */
	private static final String[] OTHER_KEY = { "buddy.storage.encryption.current-key=second",
			"buddy.storage.encryption.keys.second=" + key('b') };

	private static final String[] SECOND_KEY = { "buddy.storage.encryption.current-key=second",
			"buddy.storage.encryption.keys.first=" + key('a'), "buddy.storage.encryption.keys.second=" + key('b') };

	private static String key(char letter) {
		return Base64.getEncoder()
			.encodeToString(String.valueOf(letter).repeat(32).getBytes(StandardCharsets.US_ASCII));
	}

	static List<TestDatabase> databases() {
		return List.of(TestDatabase.POSTGRESQL, TestDatabase.MARIADB, TestDatabase.H2, TestDatabase.SQLITE)
			.subList(0, Nightly.size(2, 4));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void nothingIsStoredInPlainTextAndAllOfItIsRead(TestDatabase database) throws SQLException {
		String[] tables = database.create();
		String run;
		try (WebApplication application = start(tables, FIRST_KEY)) {
			run = useAll(application.http());
			List<String> texts = texts(application);
			assertThat(texts).hasSizeGreaterThan(100).noneMatch((text) -> text.contains(SECRET));
			assertThat(texts).anyMatch((text) -> text.contains("aes:first:"));
		}
		try (WebApplication application = start(tables, SECOND_KEY)) {
			Http http = application.http();
			readAll(http, run);
			moveSession(http);
			assertThat(http
				.post("/buddy/workflows/telling/runs",
						"{\"input\":{\"text\":\"" + SECRET + "\"},\"session\":{\"session_id\":\"s2\"}}")
				.at("run_id")).isNotNull();
			assertThat(texts(application)).noneMatch((text) -> text.contains(SECRET))
				.anyMatch((text) -> text.contains("aes:first:"))
				.anyMatch((text) -> text.contains("aes:second:"));
		}
	}

	private static WebApplication start(String[] tables, String[] keys) {
		return WebApplication.start(tables,
				Stream.concat(Stream.of("buddy.durable.recover=auto", "buddy.web.queue-runs=true"), Stream.of(keys))
					.toArray(String[]::new),
				Workflows.class);
	}

	/** Puts the secret wherever there is a place for it. */
	private static String useAll(Http http) {
		Response accepted = http.post("/buddy/workflows/telling/runs",
				"""
						{"input": {"text": "%1$s"}, "session": {"session_id": "s1", "user_id": "ada", "session_name": "%1$s name",
						 "session_state": {"before": "%1$s"}}}"""
					.formatted(SECRET));
		assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
		String run = "/buddy/runs/" + accepted.at("run_id");
		assertThat(http.get("/buddy/questions").body()).contains(SECRET + " is shown");
		assertThat(http
			.post(run + "/answers",
					"{\"question\":\"approve\",\"answer\":{\"approved\":true,\"note\":\"" + SECRET + " note\"}}")
			.status()).isEqualTo(200);
		awaitStatus(http, run, "COMPLETED");

		Response failed = http.post("/buddy/workflows/telling/runs",
				"{\"input\":{\"text\":\"" + SECRET + "\",\"fails\":true},\"session\":{\"session_id\":\"s4\"}}");
		assertThat(failed.status()).as(failed.body()).isEqualTo(202);
		String second = "/buddy/runs/" + failed.at("run_id");
		http.post(second + "/answers", "{\"question\":\"approve\",\"answer\":{\"approved\":true}}");
		awaitStatus(http, second, "ERROR");
		assertThat(http.get(second).body()).contains(SECRET + " failed");

		Response fork = http.post(run + "/fork", "{\"before\":\"last\"}");
		assertThat(fork.status()).as(fork.body()).isEqualTo(202);
		awaitStatus(http, "/buddy/runs/" + fork.at("run_id"), "COMPLETED");
		assertThat(http.get("/buddy/runs/" + fork.at("run_id") + "/steps").body()).contains(SECRET + " was found");

		Response streamed = http.with("Accept", "text/event-stream")
			.post("/buddy/workflows/flowing/runs", "{\"input\":{\"text\":\"" + SECRET + "\"}}");
		assertThat(streamed.body()).contains("WorkflowCompleted");
		assertThat(http
			.post("/buddy/schedules",
					"""
							{"schedule_id": "later", "workflow_id": "telling", "cron": "0 0 0 1 1 *", "input": {"text": "%s"}}"""
						.formatted(SECRET))
			.status()).isEqualTo(201);
		Object gated = http.with("Prefer", "respond-async")
			.post("/buddy/workflows/gated/runs", "{\"session\":{\"session_id\":\"s3\",\"session_name\":\"x\"}}")
			.at("run_id");
		assertThat(http.patch("/buddy/sessions/s3", "{\"session_name\":\"The " + SECRET + "\"}").status())
			.isEqualTo(200);
		assertThat(http.post("/buddy/runs/" + gated + "/cancel", "{}").status()).isEqualTo(202);
		awaitStatus(http, "/buddy/runs/" + gated, "CANCELLED");
		readAll(http, run);
		return run;
	}

	private static void readAll(Http http, String run) {
		assertThat(http.get(run).body()).contains("\"text\":\"" + SECRET + "\"",
				"told " + SECRET + ", " + SECRET + " note");
		assertThat(http.get(run + "/steps").body()).contains(SECRET + " was found", SECRET + " note");
		assertThat(http.with("Accept", "text/event-stream").get(run + "/events").body())
			.contains(SECRET + " on its way", "WorkflowCompleted");
		Response session = http.get("/buddy/sessions/s1");
		assertThat(session.at("session_data", "session_name")).isEqualTo(SECRET + " name");
		assertThat(session.at("session_data", "session_state", "notes")).asInstanceOf(InstanceOfAssertFactories.LIST)
			.contains(SECRET);
		assertThat(http.get("/buddy/sessions?session_name=" + SECRET).items()).hasSize(2);
		assertThat(http.get("/buddy/schedules/later").body()).contains(SECRET);
		assertThat(http.get("/buddy/audit").body()).contains("approve", "cancel");
	}

	private static void moveSession(Http http) {
		Response exported = http.get("/buddy/sessions/s1/export");
		assertThat(exported.body()).contains(SECRET + " note");
		assertThat(http.delete("/buddy/sessions/s1").status()).isEqualTo(204);
		Map<String, Object> more = Json.readMap(exported.body());
		more.put("extra_data", Map.of("about", SECRET + " too"));
		more.put("of_another_version", SECRET);
		Response imported = http.post("/buddy/sessions", Json.write(more));
		assertThat(imported.status()).as(imported.body()).isEqualTo(201);
		assertThat(http.get("/buddy/sessions/s1/export").body()).contains(SECRET + " too", "of_another_version");
	}

	private static void awaitStatus(Http http, String run, String status) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(http.get(run).at("status")).as(http.get(run).body()).isEqualTo(status));
	}

	/** Every value of every column of buddy's tables. */
	private static List<String> texts(WebApplication application) throws SQLException {
		DataSource dataSource = application.bean(DataSource.class);
		List<String> tables = new ArrayList<>();
		try (Connection connection = dataSource.getConnection();
				ResultSet found = connection.getMetaData()
					.getTables(connection.getCatalog(), null, "%", new String[] { "TABLE", "BASE TABLE" })) {
			while (found.next()) {
				tables.add(found.getString("TABLE_NAME"));
			}
		}
		tables.removeIf((table) -> !table.toLowerCase(Locale.ROOT).startsWith("buddy_") || table.endsWith("_history"));
		assertThat(tables).hasSizeGreaterThanOrEqualTo(11);
		JdbcTemplate jdbc = new JdbcTemplate(dataSource);
		return tables.stream().flatMap((table) -> jdbc.query("select * from " + table, (row, number) -> {
			List<String> values = new ArrayList<>();
			for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
				Object value = row.getObject(i);
				values.add(
						(value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : row.getString(i));
			}
			return values;
		}).stream().flatMap(List::stream)).filter(Objects::nonNull).toList();
	}

	@Test
	void missingKeyIsToldByNameAndLeavesTheRestReadable(CapturedOutput output) {
		String[] tables = TestDatabase.H2.create();
		String before = "{\"input\":{\"text\":\"plain\",\"times\":1},\"session\":{\"session_id\":\"s1\"}}";
		Object plain;
		Object encrypted;
		try (WebApplication application = WebApplication.start(tables, new String[0])) {
			plain = application.http().post("/buddy/workflows/echo/runs", before).at("run_id");
		}
		try (WebApplication application = WebApplication.start(tables, SECOND_KEY)) {
			Http http = application.http();
			assertThat(http.get("/buddy/runs/" + plain).at("response", "content")).isEqualTo("plain");
			assertThat(http.post("/buddy/workflows/echo/runs", before).at("content")).isEqualTo("plain");
			assertThat(http.get("/buddy/sessions/s1").at("session_data", "session_state", "count")).isEqualTo(2);
			encrypted = http.post("/buddy/workflows/echo/runs", before.replace("s1", "s2")).at("run_id");
		}
		try (WebApplication application = WebApplication.start(tables, FIRST_KEY)) {
			Http http = application.http();
			assertThat(http.get("/buddy/runs").items()).hasSize(3);
			assertThat(http.get("/buddy/runs/" + plain).at("response", "content")).isEqualTo("plain");
			Response refused = http.get("/buddy/runs/" + encrypted);
			assertThat(refused.status()).isEqualTo(500);
			assertThat(refused.problem()).isEqualTo("payload-unreadable");
			Response export = http.get("/buddy/sessions/s2/export");
			assertThat(export.status()).as(export.body()).isEqualTo(500);
			assertThat(export.problem()).isEqualTo("payload-unreadable");
			Response mixed = http.get("/buddy/sessions/s1/export");
			assertThat(mixed.status()).as(mixed.body()).isEqualTo(500);
			assertThat(mixed.problem()).isEqualTo("payload-unreadable");
			assertThat(output).contains("of run '" + encrypted + "' cannot be read: it is encrypted with key 'second'");
			assertThat(http.post("/buddy/workflows/echo/runs", before.replace("s1", "s2")).problem())
				.isEqualTo("payload-unreadable");
			assertThat(http.post("/buddy/workflows/echo/runs", before.replace("s1", "s9")).status()).isEqualTo(200);
		}
	}

	@Test
	void runThatIsDueWhereItsKeyIsMissingWaitsForANodeThatHasIt(CapturedOutput output) {
		String[] tables = TestDatabase.H2.create();
		String asked;
		String slept;
		try (WebApplication application = start(tables, FIRST_KEY)) {
			Http http = application.http();
			asked = "/buddy/runs/"
					+ http.post("/buddy/workflows/telling/runs", "{\"input\":{\"text\":\"a\"}}").at("run_id");
			slept = "/buddy/runs/"
					+ http.post("/buddy/workflows/sleeping/runs", "{\"input\":{\"text\":\"b\",\"seconds\":3600}}")
						.at("run_id");
			awaitStatus(http, slept, "PAUSED");
		}
		endSleep(tables, slept.substring("/buddy/runs/".length()));
		String answer = "{\"question\":\"approve\",\"answer\":{\"approved\":true}}";
		try (WebApplication application = start(tables, OTHER_KEY)) {
			Http http = application.http();
			assertThat(http.post(asked + "/answers", answer).problem()).isEqualTo("payload-unreadable");
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(output).contains("input of run '" + slept.substring("/buddy/runs/".length())));
			String other = "/buddy/runs/"
					+ http.post("/buddy/workflows/sleeping/runs", "{\"input\":{\"text\":\"c\",\"seconds\":1}}")
						.at("run_id");
			String open = (String) http.post("/buddy/workflows/telling/runs", "{\"input\":{\"text\":\"d\"}}")
				.at("run_id");
			awaitStatus(http, other, "COMPLETED");
			assertThat(http.get("/buddy/questions?status=open").items())
				.extracting((question) -> question.get("run_id"), (question) -> question.get("shown") != null)
				.containsExactlyInAnyOrder(tuple(open, true), tuple(asked.substring("/buddy/runs/".length()), false));
			http.post("/buddy/runs/" + open + "/cancel", "");
			assertThat(http.get("/buddy/runs?status=PAUSED").items()).hasSize(2);
		}
		try (WebApplication application = start(tables, SECOND_KEY)) {
			Http http = application.http();
			assertThat(http.post(asked + "/answers", answer).status()).isEqualTo(200);
			awaitStatus(http, asked, "COMPLETED");
			awaitStatus(http, slept, "COMPLETED");
			assertThat(http.get(slept).body()).contains("b, once");
		}
	}

	/** The run is due for the next application, while there is none. */
	private static void endSleep(String[] tables, String run) {
		JdbcTemplate jdbc = new JdbcTemplate(
				new DriverManagerDataSource(tables[0].substring("spring.datasource.url=".length()), "sa", ""));
		assertThat(jdbc.update(
				"update buddy_workflow_run_step set due_at = started_at" + " where run_id = ? and due_at is not null",
				run))
			.isOne();
		assertThat(jdbc.update("update buddy_workflow_run set resume_at = created_at where run_id = ?", run)).isOne();
	}

	@Test
	void runOfADeadProcessThatCannotBeReadIsNotInTheWayOfOthers() {
		String[] tables = TestDatabase.H2.create();
		String input = "{\"input\":{\"text\":\"plain\",\"times\":1}}";
		String unreadable;
		try (WebApplication application = WebApplication.start(tables, FIRST_KEY)) {
			unreadable = (String) application.http().post("/buddy/workflows/echo/runs", input).at("run_id");
			orphan(application, unreadable);
		}
		String[] recovering = Stream
			.concat(Stream.of(OTHER_KEY),
					Stream.of("buddy.node.end-orphans=true", "buddy.node.lease=1s",
							"buddy.node.heartbeat-interval=100ms", "buddy.durable.recover=auto"))
			.toArray(String[]::new);
		try (WebApplication application = WebApplication.start(tables, recovering)) {
			Http http = application.http();
			String readable = (String) http.post("/buddy/workflows/echo/runs", input).at("run_id");
			orphan(application, readable);

			awaitStatus(http, "/buddy/runs/" + readable, "COMPLETED");
			Awaitility.await()
				.until(() -> http.get("/buddy/runs?status=ERROR").items(),
						(items) -> items.size() == 1 && unreadable.equals(items.get(0).get("run_id")));
		}
		try (WebApplication application = WebApplication.start(tables, SECOND_KEY)) {
			Http http = application.http();
			assertThat(http.get("/buddy/runs/" + unreadable).at("error", "reason")).isEqualTo("interrupted");
			assertThat(http.post("/buddy/runs/" + unreadable + "/resume", "").status()).isEqualTo(202);
			awaitStatus(http, "/buddy/runs/" + unreadable, "COMPLETED");
		}
	}

	/** As if the process that executes the run had died. */
	private static void orphan(WebApplication application, String run) {
		application.bean(JdbcTemplate.class)
			.update("update buddy_workflow_run set status = 'RUNNING', owner_node = 'dead', ended_at = null,"
					+ " response = null where run_id = ?", run);
	}

	@Test
	void keysThatCannotBeUsedFailTheStart() {
		assertRefused("There is no key 'x' to encrypt with", "buddy.storage.encryption.current-key=x");
		assertRefused("There are keys, and no current one", "buddy.storage.encryption.keys.x=" + key('a'));
		assertRefused("Key 'x' is not Base64", "buddy.storage.encryption.current-key=x",
				"buddy.storage.encryption.keys.x=top?secret");
		assertRefused("Key 'x' has 3 bytes", "buddy.storage.encryption.current-key=x",
				"buddy.storage.encryption.keys.x=YWJj");
	}

	private static void assertRefused(String fault, String... properties) {
		assertThatThrownBy(() -> WebApplication.open(properties)).rootCause()
			.isInstanceOf(StorageSetupException.class)
			.hasMessageContaining("buddy.storage.encryption cannot be used: " + fault)
			.hasMessageContaining("openssl rand -base64 32")
			.hasMessageNotContaining("top?secret");
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		TellingWorkflow telling() {
			return new TellingWorkflow();
		}

		@Bean
		SleepingWorkflow sleeping() {
			return new SleepingWorkflow();
		}

	}

	/** Sleeps after a step. */
	static class SleepingWorkflow extends Workflow {

		String run(String text, int seconds) {
			String found = step("find", () -> text + ", once");
			sleep("nap", Duration.ofSeconds(seconds));
			return found;
		}

	}

	/** Tells its input to everybody who keeps something. */
	static class TellingWorkflow extends Workflow {

		RunResponse run(String text, @Nullable Boolean fails) {
			emit(RunResponseEvent.custom("progress", text + " on its way"));
			String found = step("find", () -> {
				sessionState().append("notes", text);
				return text + " was found";
			});
			step("try", () -> found.length());
			Approval approval = awaitInput("approve", Approval.class,
					QuestionOptions.showing(Map.of("text", text + " is shown"))
						.expiresIn(Duration.ofDays(1), new Approval(false, text + " is the default")));
			if (Boolean.TRUE.equals(fails)) {
				step("fail", () -> {
					throw new IllegalStateException(text + " failed");
				});
			}
			return RunResponse.of(step("last", () -> "told " + text + ", " + approval.note()));
		}

	}

}
