package buddy.observability;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import buddy.run.StepInterception.Outcome;

/**
 * Context of the observation of a step.
 */
public final class StepObservationContext extends Observation.Context {

	private final String workflowId;

	private final String runId;

	private final String key;

	private final String stepName;

	private volatile @Nullable Outcome outcome;

	/**
	 * Creates the context of a step that begins.
	 * @param workflowId the workflow
	 * @param runId the run
	 * @param key the step's key
	 * @param stepName the step's name
	 */
	public StepObservationContext(String workflowId, String runId, String key, String stepName) {
		this.workflowId = workflowId;
		this.runId = runId;
		this.key = key;
		this.stepName = stepName;
	}

	/**
	 * Returns the workflow.
	 * @return its id
	 */
	public String getWorkflowId() {
		return this.workflowId;
	}

	/**
	 * Returns the run.
	 * @return its id
	 */
	public String getRunId() {
		return this.runId;
	}

	/**
	 * Returns the step's key.
	 * @return the key, unlike that of any other step of the run
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * Returns the step's name.
	 * @return the name
	 */
	public String getStepName() {
		return this.stepName;
	}

	/**
	 * Returns how the step ended.
	 * @return the outcome, or {@code null} while the step is in progress
	 */
	public @Nullable Outcome getOutcome() {
		return this.outcome;
	}

	void setOutcome(Outcome outcome) {
		this.outcome = outcome;
	}

}
