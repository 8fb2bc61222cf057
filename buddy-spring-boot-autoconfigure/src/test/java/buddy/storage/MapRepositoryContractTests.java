package buddy.storage;

class MapRepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
