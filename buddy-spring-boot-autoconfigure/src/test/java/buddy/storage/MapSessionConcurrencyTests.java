package buddy.storage;

class MapSessionConcurrencyTests extends SessionConcurrencyContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
