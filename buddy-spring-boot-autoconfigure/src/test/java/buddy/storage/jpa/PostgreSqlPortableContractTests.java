package buddy.storage.jpa;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

/**
 * PostgreSQL with the statements of every database.
 */
class PostgreSqlPortableContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		TestApplication application = JpaStorage.on(TestDatabase.POSTGRESQL, true).application();
		application.emptyRepository();
		return JpaStorage.repository(application, Runnable::run, false);
	}

}
