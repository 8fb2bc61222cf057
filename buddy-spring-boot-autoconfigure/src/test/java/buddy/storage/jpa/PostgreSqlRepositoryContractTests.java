package buddy.storage.jpa;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestDatabase;

class PostgreSqlRepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return JpaStorage.on(TestDatabase.POSTGRESQL, true).application().emptyRepository();
	}

}
