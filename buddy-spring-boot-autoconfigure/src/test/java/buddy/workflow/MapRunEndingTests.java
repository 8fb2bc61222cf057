package buddy.workflow;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

class MapRunEndingTests extends RunEndingContractTests {

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	@Override
	protected WorkflowSessionRepository store() {
		return this.store;
	}

	@Override
	protected int connectionsInUse() {
		return 0;
	}

}
