package buddy.storage.jpa;

import buddy.testkit.TestDatabase;

class PostgresqlWorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	PostgresqlWorkflowSessionRepositoryTests() {
		super(TestDatabase.POSTGRESQL);
	}

}
