package buddy.storage;

class MapSessionIsolationTests extends SessionIsolationContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
