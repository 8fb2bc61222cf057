package buddy.test;

import java.util.List;

import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession;

/**
 * A run as it stands in the store, with its session as it is now and the events it gave.
 *
 * @param run the run
 * @param session its session, without its runs
 * @param events the events, in order
 */
public record RecordedRun(WorkflowRun run, WorkflowSession session, List<RunResponseEvent> events) {

	/**
	 * Copies the events.
	 */
	public RecordedRun {
		events = List.copyOf(events);
	}

}
