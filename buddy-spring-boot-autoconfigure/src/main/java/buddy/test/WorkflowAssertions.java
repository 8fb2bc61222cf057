package buddy.test;

import buddy.run.RunResponse;
import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession;

/**
 * Entry point for AssertJ assertions on runs and sessions:
 * {@code assertThat(run).completed().hasContent("42")}.
 */
public final class WorkflowAssertions {

	private WorkflowAssertions() {
	}

	/**
	 * Begins assertions on a run, its session and its events.
	 * @param actual the run, from {@link RecordedRuns}
	 * @return the assertions
	 */
	public static RecordedRunAssert assertThat(RecordedRun actual) {
		return new RecordedRunAssert(actual);
	}

	/**
	 * Begins assertions on a run's record.
	 * @param actual the run
	 * @return the assertions
	 */
	public static WorkflowRunAssert assertThat(WorkflowRun actual) {
		return new WorkflowRunAssert(actual);
	}

	/**
	 * Begins assertions on the response of a run.
	 * @param actual the response
	 * @return the assertions
	 */
	public static RunResponseAssert assertThat(RunResponse actual) {
		return new RunResponseAssert(actual);
	}

	/**
	 * Begins assertions on a session.
	 * @param actual the session
	 * @return the assertions
	 */
	public static WorkflowSessionAssert assertThat(WorkflowSession actual) {
		return new WorkflowSessionAssert(actual);
	}

}
