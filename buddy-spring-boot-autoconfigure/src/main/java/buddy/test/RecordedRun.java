package buddy.test;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession;
import buddy.workflow.RunStep;

/**
 * A stored run, with the current state of its session, its events and its steps.
 *
 * @param run the run
 * @param session its session, without its runs
 * @param events the events, in order
 * @param steps the recorded steps and nested runs, in the order in which they began
 * @param stepCalls how often the test has called the bodies of the steps, by their keys:
 * in all executions of the run, and with repetitions
 */
public record RecordedRun(WorkflowRun run, WorkflowSession session, List<RunResponseEvent> events, List<RunStep> steps,
		Map<String, Integer> stepCalls) {

	/**
	 * Copies the lists.
	 */
	public RecordedRun {
		events = List.copyOf(events);
		steps = List.copyOf(steps);
		stepCalls = Collections.unmodifiableMap(new LinkedHashMap<>(stepCalls));
	}

}
