package buddy.session;

class MapRepositoryContractTests extends WorkflowSessionRepositoryContractTests {

	private final WorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	@Override
	protected WorkflowSessionRepository repository() {
		return this.repository;
	}

}
