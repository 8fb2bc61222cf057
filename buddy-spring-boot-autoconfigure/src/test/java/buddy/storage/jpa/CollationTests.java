package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunResponse;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.SessionSummary;
import buddy.session.WorkflowSessions;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.StartOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Users, sessions and idempotency keys are told apart by their characters, also in a
 * database whose default is to take some characters for others.
 */
class CollationTests {

	/** Alike to one collation or another. */
	private static final List<String> USERS = List.of("Alice", "alice", "ALICE", "alice ", " alice", "alic\u00e9",
			"alice\u0301", "\uff21lice", "stra\u00dfe", "strasse", "i", "I", "\u0130", "\u0131");

	static Stream<Named<Database>> databases() {
		return Stream
			.of(database("H2", TestDatabase.H2::create), database("SQLite", TestDatabase.SQLITE::create),
					database("PostgreSQL", TestDatabase.POSTGRESQL::create),
					database("PostgreSQL, whose default takes no notice of case and accents",
							CollationTests::looseInPostgreSql),
					database("MariaDB", TestDatabase.MARIADB::create),
					database("MariaDB, utf8mb4_general_ci", () -> mariaDb("utf8mb4", "utf8mb4_general_ci")),
					database("MariaDB, utf8mb4_unicode_520_ci", () -> mariaDb("utf8mb4", "utf8mb4_unicode_520_ci")),
					database("MariaDB, latin1_swedish_ci", () -> mariaDb("latin1", "latin1_swedish_ci")))
			.limit(Nightly.size(5, 8));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void everyCharacterCounts(Database database) throws SQLException {
		try (TestApplication application = TestApplication.start(database.create(), Workflows.class)) {
			expectUsersApart(application);
			expectSessionsApart(application);
			expectKeysApart(application.bean(WorkflowRegistry.class));
		}
	}

	private static void expectUsersApart(TestApplication application) {
		WorkflowSessions sessions = application.bean(WorkflowSessions.class);
		for (int i = 0; i < USERS.size(); i++) {
			start(application.bean(WorkflowRegistry.class), USERS.get(i), "user-" + i, "Key");
		}
		for (int i = 0; i < USERS.size(); i++) {
			WorkflowSessions own = sessions.asUser(USERS.get(i));
			assertThat(ids(own)).containsExactly("user-" + i);
			assertThat(own.listRuns(RunQuery.all(), RunPage.first(100)).items()).hasSize(1);
		}
		assertThat(ids(sessions.asUser("aLICE"))).isEmpty();
		sessions.asUser("alice").deleteUser("alice");
		assertThat(ids(sessions.ofEverybody())).hasSize(USERS.size() - 1)
			.doesNotContain("user-" + USERS.indexOf("alice"));
	}

	private static void expectSessionsApart(TestApplication application) {
		WorkflowSessions sessions = application.bean(WorkflowSessions.class).asUser("Ann");
		List<String> ids = List.of("Same", "same", "SAME");
		ids.forEach((id) -> start(application.bean(WorkflowRegistry.class), "Ann", id, "Key " + id));
		assertThat(ids(sessions)).containsExactlyInAnyOrderElementsOf(ids);
		assertThat(ids).allSatisfy((id) -> assertThat(sessions.runs(id, RunPage.first(10)).items()).hasSize(1));
		assertThat(sessions.find("sAME")).isEmpty();
		assertThat(sessions.delete("same")).isTrue();
		assertThat(ids(sessions)).containsExactlyInAnyOrder("Same", "SAME");
	}

	private static void expectKeysApart(WorkflowRegistry registry) {
		List<String> keys = List.of("Key", "key", "KEY", "k\u00e9y");
		keys.forEach((key) -> start(registry, "Bob", "keys", key));
		assertThat(keys).allSatisfy((key) -> assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> start(registry, "Bob", "keys", key))
			.withCauseInstanceOf(IdempotencyKeyUsedException.class));
	}

	private static List<String> ids(WorkflowSessions sessions) {
		return sessions.recent(100).stream().map(SessionSummary::sessionId).toList();
	}

	private static void start(WorkflowRegistry registry, String user, String session, String key) {
		WorkflowScope.session(session)
			.user(user)
			.call(() -> registry.start("greeting", Map.of(), StartOptions.here().idempotent(key, "request")))
			.response()
			.toCompletableFuture()
			.join();
	}

	private static Named<Database> database(String name, Database database) {
		return Named.of(name, database);
	}

	private static String[] mariaDb(String charset, String collation) throws SQLException {
		String[] properties = TestDatabase.MARIADB.create();
		execute(properties, "alter database character set " + charset + " collate " + collation);
		return properties;
	}

	private static String[] looseInPostgreSql() throws SQLException {
		String[] properties = TestDatabase.POSTGRESQL.create();
		execute(properties,
				"create database loose template template0 encoding utf8 locale_provider icu icu_locale 'und-u-ks-level1'");
		properties[0] = properties[0].replaceFirst("/pg_[0-9a-f]+", "/loose");
		return properties;
	}

	private static void execute(String[] properties, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(value(properties[0]), value(properties[1]), "")) {
			connection.createStatement().execute(sql);
		}
	}

	private static String value(String property) {
		return property.split("=", 2)[1];
	}

	/** Makes an empty database. */
	interface Database {

		String[] create() throws SQLException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		GreetingWorkflow greeting() {
			return new GreetingWorkflow();
		}

	}

	static class GreetingWorkflow extends Workflow {

		RunResponse run() {
			return RunResponse.of("hello");
		}

	}

}
