package buddy.event;

import buddy.durable.MapRunJournal;
import buddy.durable.RunJournal;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

class MapContinuedEventsTests extends ContinuedEventsContractTests {

	private final MapWorkflowSessionRepository runs = new MapWorkflowSessionRepository();

	private final RunEventStore events = new MapRunEventStore(this.runs);

	private final RunJournal journal = new MapRunJournal(this.runs);

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.runs;
	}

	@Override
	protected RunEventStore events() {
		return this.events;
	}

	@Override
	protected RunJournal journal() {
		return this.journal;
	}

}
