package buddy.event;

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

}
