package buddy.event;

import buddy.durable.MapRunJournal;
import buddy.durable.RunJournal;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

class MapRunEventStoreTests extends RunEventStoreContractTests {

	private MapWorkflowSessionRepository repository;

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.repository = new MapWorkflowSessionRepository();
		return this.repository;
	}

	@Override
	protected RunEventStore events() {
		return new MapRunEventStore(this.repository);
	}

	@Override
	protected RunJournal journal() {
		return new MapRunJournal(this.repository);
	}

}
