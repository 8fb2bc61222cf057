package buddy.storage.jpa;

import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.session.SessionConcurrency;
import buddy.storage.NewRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever looks for runs that wait for a session reads those alone, and not the session's
 * history.
 */
class QueueLookUpTests {

	@ParameterizedTest
	@EnumSource(names = { "H2", "SQLITE" }) // those whose plan does not depend on how
											// many rows there are
	void queueIsFoundByItsIndex(TestDatabase database) {
		try (TestApplication application = TestApplication.start(database.create())) {
			WorkflowSessionRepository repository = application.bean(WorkflowSessionRepository.class);
			repository.begin(run(SessionConcurrency.REJECT));
			NewRun waiting = run(SessionConcurrency.WAIT);

			application.statements();
			assertThat(repository.begin(waiting).waiting()).isTrue();
			assertThat(repository.enter(waiting)).isEmpty();

			List<Statement> selects = application.statements()
				.stream()
				.filter((statement) -> statement.sql().startsWith("select") && statement.sql().contains("queued_at"))
				.toList();
			assertThat(selects).hasSize(2)
				.allSatisfy((select) -> assertThat(plan(database, application, select))
					.containsIgnoringCase("buddy_workflow_run_queue_idx"));
		}
	}

	private static String plan(TestDatabase database, TestApplication application, Statement select) {
		String explain = (database == TestDatabase.H2) ? "explain " : "explain query plan ";
		return new JdbcTemplate(application.bean(DataSource.class))
			.queryForList(explain + select.sql(), select.values().toArray())
			.toString();
	}

	private static NewRun run(SessionConcurrency concurrency) {
		return TestRun.of(UUID.randomUUID().toString()).at(1).newRun().with(concurrency, null);
	}

}
