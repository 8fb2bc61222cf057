package buddy.session;

class MapRunListTests extends RunListContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
