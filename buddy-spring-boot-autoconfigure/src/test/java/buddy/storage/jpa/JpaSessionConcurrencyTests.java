package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.storage.SessionConcurrencyContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaSessionConcurrencyTests extends SessionConcurrencyContractTests {

	private final JpaStorage storage;

	JpaSessionConcurrencyTests(TestDatabase database) {
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

}
