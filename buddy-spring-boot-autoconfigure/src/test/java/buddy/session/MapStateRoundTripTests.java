package buddy.session;

class MapStateRoundTripTests extends StateRoundTripContractTests {

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return new MapWorkflowSessionRepository();
	}

}
