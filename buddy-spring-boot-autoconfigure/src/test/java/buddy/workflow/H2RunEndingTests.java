package buddy.workflow;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

class H2RunEndingTests extends RunEndingContractTests {

	private static TestApplication application;

	@BeforeAll
	static void start() {
		application = TestApplication.start(TestDatabase.H2.create());
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Override
	protected WorkflowSessionRepository store() {
		return application.bean(WorkflowSessionRepository.class);
	}

	@Override
	protected int connectionsInUse() {
		return application.connectionsInUse();
	}

}
