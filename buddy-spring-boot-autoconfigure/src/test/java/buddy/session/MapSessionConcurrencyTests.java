package buddy.session;

class MapSessionConcurrencyTests extends SessionConcurrencyContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
