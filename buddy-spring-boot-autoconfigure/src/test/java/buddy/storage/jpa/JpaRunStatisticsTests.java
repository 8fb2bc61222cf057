package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.storage.RunStatistics;
import buddy.storage.RunStatisticsContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaRunStatisticsTests extends RunStatisticsContractTests {

	private final JpaStorage storage;

	JpaRunStatisticsTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.storage.application().emptyRepository();
	}

	@Override
	protected RunStatistics statistics() {
		return this.storage.application().bean(RunStatistics.class);
	}

}
