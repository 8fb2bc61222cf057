package buddy.autoconfigure;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.WorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that would take one user for another, or that cannot be written, is found at
 * start-up.
 */
class StorageCheckTests {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "IGNORECASE=TRUE", "COLLATION=ENGLISH STRENGTH PRIMARY",
			"COLLATION=ENGLISH STRENGTH SECONDARY" })
	void h2ThatIgnoresCaseIsRefused(String setting) {
		refused(Starts.shop("jdbc:h2:mem:confused-" + setting.hashCode() + ";" + setting), "'Alice' and 'alice'",
				"IGNORECASE");
	}

	@Test
	void tablesThatHibernateMakesAreCheckedAtTheFirstStart() {
		refused(Starts.shop("jdbc:h2:mem:confused-first;IGNORECASE=TRUE")
			.withPropertyValues("buddy.storage.schema=none", "spring.jpa.hibernate.ddl-auto=update"),
				"'Alice' and 'alice'", "IGNORECASE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "NOCASE", "RTRIM" })
	void sqliteTablesThatCompareOtherwiseAreRefusedWhoeverMadeThem(String collation) throws SQLException {
		String url = Starts.sqlite(this.folder);
		try (Connection connection = DriverManager.getConnection(url)) {
			connection.createStatement()
				.execute("create table buddy_workflow_session (session_id varchar(128) not null primary key,"
						+ " workflow_id varchar(128) not null, user_id varchar(255) collate " + collation
						+ ", created_at bigint not null, updated_at bigint not null, version bigint not null)");
		}
		refused(Starts.shop(url).withPropertyValues("buddy.storage.schema=none"), "'Alice' and 'alice'", "BINARY");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void databaseIsLeftAsItWasAndTellsUsersApart(String database) {
		Starts.shop("h2".equals(database) ? Starts.h2(this.folder) : Starts.sqlite(this.folder)).run((context) -> {
			WorkflowSessions sessions = new DefaultWorkflowSessions(context.getBean(WorkflowSessionRepository.class),
					() -> null, Clock.systemUTC());
			assertThat(sessions.ofEverybody().recent(10)).isEmpty();
			sessions.asUser("Alice").create(WorkflowSession.of("S", "w", "Alice"));
			sessions.asUser("alice").create(WorkflowSession.of("s", "w", "alice"));
			sessions.asUser("\u00e9").create(WorkflowSession.of("c", "w", "\u00e9"));
			assertThat(sessions.asUser("Alice").recent(10)).hasSize(1);
			assertThat(sessions.asUser("ALICE").recent(10)).isEmpty();
			assertThat(sessions.asUser("Alice ").recent(10)).isEmpty();
			assertThat(sessions.asUser("e\u0301").recent(10)).isEmpty();
		});
	}

	@Test
	void readOnlyH2FailsAtStart() {
		Starts.shop(Starts.h2(this.folder)).run((context) -> assertThat(context).hasNotFailed());
		refused(Starts.shop(Starts.h2(this.folder) + ";ACCESS_MODE_DATA=r"), "cannot be written", "ACCESS_MODE_DATA");
	}

	@Test
	void readOnlySqliteFailsAtStart() {
		Starts.shop(Starts.sqlite(this.folder)).run((context) -> assertThat(context).hasNotFailed());
		String url = "jdbc:sqlite:file:" + this.folder.resolve("application.sqlite") + "?mode=ro";
		refused(Starts.shop(url), "cannot be written", "Open it for writing");
	}

	@Test
	void directoryThatIsNoneIsReportedWithWhatToDo() {
		refused(Starts.shop("jdbc:h2:/dev/null/none/application"), "cannot reach the database", "directory");
		refused(Starts.shop("jdbc:sqlite:/dev/null/none/application.sqlite"), "cannot reach the database", "directory");
	}

	@Test
	void otherFailuresOfADatabaseAreLeftToOthers() {
		assertThat(analysis(new IllegalStateException(new SQLException("syntax", "42000", 42000)))).isNull();
	}

	private static FailureAnalysis analysis(Throwable failure) {
		return new DatabaseFileFailureAnalyzer().analyze(failure);
	}

	private static void refused(ApplicationContextRunner runner, String description, String action) {
		runner.run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis report = new StorageSetupFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(report).as(String.valueOf(context.getStartupFailure())).isNotNull();
			assertThat(report.getDescription()).contains(description);
			assertThat(report.getAction()).contains(action);
		});
	}

}
