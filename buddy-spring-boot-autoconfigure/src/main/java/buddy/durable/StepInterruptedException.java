package buddy.durable;

/**
 * A step that runs at most once was interrupted: whether its body has happened is not
 * known, and it is not called again.
 */
public class StepInterruptedException extends RuntimeException {

	private final String step;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param step the step's key
	 */
	public StepInterruptedException(String runId, String step) {
		super("Step '" + step + "' of run '" + runId + "' runs at most once, and its process died in the midst of it:"
				+ " whether it has happened is not known. Look into the other system, and give the step"
				+ " StepOptions.reconcile(…) to let it be asked");
		this.step = step;
	}

	/**
	 * Returns the step.
	 * @return its key
	 */
	public String step() {
		return this.step;
	}

}
