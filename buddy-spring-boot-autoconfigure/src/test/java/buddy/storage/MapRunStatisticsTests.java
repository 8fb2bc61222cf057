package buddy.storage;

class MapRunStatisticsTests extends RunStatisticsContractTests {

	private MapWorkflowSessionRepository repository;

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.repository = new MapWorkflowSessionRepository();
		return this.repository;
	}

	@Override
	protected RunStatistics statistics() {
		return new MapRunStatistics(this.repository);
	}

}
