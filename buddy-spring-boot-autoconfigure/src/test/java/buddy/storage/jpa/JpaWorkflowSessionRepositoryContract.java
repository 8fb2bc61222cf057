package buddy.storage.jpa;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

import buddy.session.WorkflowSessionRepository;
import buddy.session.WorkflowSessionRepositoryContractTests;
import buddy.testkit.TestDatabase;

/**
 * The contract over one database, which is opened once for all of its tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JpaWorkflowSessionRepositoryContract extends WorkflowSessionRepositoryContractTests {

	private final TestDatabase database;

	private HikariDataSource dataSource;

	private JpaStorage storage;

	JpaWorkflowSessionRepositoryContract(TestDatabase database) {
		this.database = database;
	}

	/** An empty database. */
	HikariDataSource openDataSource() {
		return this.database.open();
	}

	@BeforeAll
	void openDatabase() {
		this.dataSource = openDataSource();
		this.storage = JpaStorage.open(this.dataSource, this.database);
	}

	@AfterAll
	void closeDatabase() {
		if (this.storage != null) {
			this.storage.close();
		}
		if (this.dataSource != null) {
			this.dataSource.close();
		}
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.storage.clear();
		return this.storage.repository();
	}

}
