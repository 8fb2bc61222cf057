package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.durable.RunJournal;
import buddy.event.ContinuedEventsContractTests;
import buddy.event.RunEventStore;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

@ParameterizedClass(name = "{0}")
@EnumSource(value = TestDatabase.class, names = { "H2", "POSTGRESQL" })
class JpaContinuedEventsTests extends ContinuedEventsContractTests {

	private final TestApplication application;

	JpaContinuedEventsTests(TestDatabase database) {
		this.application = JpaStorage.on(database, true).application();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.application.emptyRepository();
	}

	@Override
	protected RunEventStore events() {
		return this.application.bean(RunEventStore.class);
	}

	@Override
	protected RunJournal journal() {
		return this.application.bean(RunJournal.class);
	}

}
