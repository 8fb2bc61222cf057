package buddy.workflow;

import buddy.session.MapWorkflowSessionRepository;
import buddy.session.WorkflowSessionRepository;

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
