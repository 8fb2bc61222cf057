package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;

import buddy.storage.SessionConcurrencyContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

/**
 * PostgreSQL with the statements of every database.
 */
class PortableSessionConcurrencyTests extends SessionConcurrencyContractTests {

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		TestApplication application = JpaStorage.on(TestDatabase.POSTGRESQL, true).application();
		application.emptyRepository();
		return JpaStorage.repository(application, Runnable::run, false);
	}

}
