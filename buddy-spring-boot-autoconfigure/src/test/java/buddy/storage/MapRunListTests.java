package buddy.storage;

class MapRunListTests extends RunListContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
