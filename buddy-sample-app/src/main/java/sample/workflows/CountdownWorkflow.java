package sample.workflows;

import java.time.Duration;

import buddy.run.RunResponseEvent;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Counts down slowly, so that there is a run to follow and to cancel. Each
 * {@code emit(...)} is a place where a cancelled run stops.
 */
public class CountdownWorkflow extends Workflow {

	private static final Duration STEP = Duration.ofMillis(200);

	public CountdownWorkflow() {
		super(WorkflowSettings.builder().description("Count down some seconds. Cancel it, if you like.").build());
	}

	public String run(int seconds) throws InterruptedException {
		long steps = Duration.ofSeconds(seconds).dividedBy(STEP);
		for (long left = steps; left > 0; left--) {
			emit(RunResponseEvent.custom("left_ms", left * STEP.toMillis()));
			Thread.sleep(STEP.toMillis());
		}
		return "Done after " + seconds + " seconds.";
	}

}
