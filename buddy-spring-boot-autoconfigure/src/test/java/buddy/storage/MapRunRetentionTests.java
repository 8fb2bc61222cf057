package buddy.storage;

class MapRunRetentionTests extends RunRetentionContractTests {

	private MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.repository = new MapWorkflowSessionRepository();
		return this.repository;
	}

	@Override
	protected RunRetention retention() {
		return this.repository;
	}

}
