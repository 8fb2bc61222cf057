package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import buddy.session.WorkflowSessionRepository;
import buddy.session.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

class H2RepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(TestDatabase.H2.create());
	}

	@AfterAll
	static void stop() {
		if (application != null) {
			application.close();
		}
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return application.emptyRepository();
	}

}
