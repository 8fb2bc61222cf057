package buddy.storage.jpa;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestDatabase;

class H2RepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return JpaStorage.on(TestDatabase.H2, true).application().emptyRepository();
	}

}
