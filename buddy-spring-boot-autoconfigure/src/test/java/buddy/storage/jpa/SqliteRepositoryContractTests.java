package buddy.storage.jpa;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestDatabase;

class SqliteRepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return JpaStorage.on(TestDatabase.SQLITE, true).application().emptyRepository();
	}

}
