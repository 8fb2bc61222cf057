package buddy.storage.jpa;

import buddy.testkit.TestDatabase;

class H2WorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	H2WorkflowSessionRepositoryTests() {
		super(TestDatabase.H2);
	}

}
