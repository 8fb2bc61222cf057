package buddy.storage.jpa;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestDatabase;

class MariaDbRepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return JpaStorage.on(TestDatabase.MARIADB, true).application().emptyRepository();
	}

}
