package buddy.storage.jpa;

import buddy.testkit.TestDatabase;

class MariaDbWorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	MariaDbWorkflowSessionRepositoryTests() {
		super(TestDatabase.MARIADB);
	}

}
