package buddy.durable;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

class MapRunJournalTests extends RunJournalContractTests {

	private MapWorkflowSessionRepository runs = new MapWorkflowSessionRepository();

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.runs = new MapWorkflowSessionRepository();
		return this.runs;
	}

	@Override
	protected RunJournal journal() {
		return new MapRunJournal(this.runs);
	}

}
