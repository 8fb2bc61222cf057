package buddy.storage;

class MapStateRoundTripTests extends StateRoundTripContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
