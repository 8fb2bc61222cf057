package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import buddy.session.WorkflowSessionRepository;
import buddy.session.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

/**
 * PostgreSQL with the statements of every database.
 */
class PostgreSqlPortableContractTests extends WorkflowSessionRepositoryContractTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(TestDatabase.POSTGRESQL.create());
	}

	@AfterAll
	static void stop() {
		if (application != null) {
			application.close();
		}
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		application.emptyRepository();
		return JpaStorage.repository(application, Runnable::run, false);
	}

}
