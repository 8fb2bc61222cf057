package buddy.durable;

import java.time.Clock;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

class MapRunWaitsTests extends RunWaitsContractTests {

	private MapWorkflowSessionRepository runs = new MapWorkflowSessionRepository();

	private MapRunJournal journal = new MapRunJournal(this.runs);

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		this.runs = new MapWorkflowSessionRepository();
		this.journal = new MapRunJournal(this.runs);
		return this.runs;
	}

	@Override
	protected RunJournal journal() {
		return this.journal;
	}

	@Override
	protected RunWaits waits() {
		return new MapRunWaits(this.runs, this.journal, Clock.systemUTC());
	}

}
