package buddy.test;

import java.util.List;

import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession;

/**
 * A stored run, with the current state of its session and its events.
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
