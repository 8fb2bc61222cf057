package buddy.storage.jpa;

import buddy.testkit.TestDatabase;

class SqliteWorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	SqliteWorkflowSessionRepositoryTests() {
		super(TestDatabase.SQLITE);
	}

}
