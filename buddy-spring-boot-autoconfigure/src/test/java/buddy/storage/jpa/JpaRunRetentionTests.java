package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.storage.RunRetention;
import buddy.storage.RunRetentionContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaRunRetentionTests extends RunRetentionContractTests {

	private final JpaStorage storage;

	JpaRunRetentionTests(TestDatabase database) {
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
	protected RunRetention retention() {
		return this.storage.application().bean(RunRetention.class);
	}

}
