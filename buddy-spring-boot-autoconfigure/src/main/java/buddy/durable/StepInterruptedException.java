package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * Whether a step that runs at most once has happened is not known: its process died in
 * the midst of it, or it has failed. It is not called again.
 */
public class StepInterruptedException extends RuntimeException {

	private final String step;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param step the step's key
	 * @param cause why the other system could not be asked, or {@code null}
	 */
	public StepInterruptedException(String runId, String step, @Nullable Throwable cause) {
		super("Step '" + step + "' of run '" + runId + "' runs at most once, and whether it has happened is not known"
				+ ((cause != null) ? " (" + cause + ")" : "") + ". Look into the other system. To let it be asked,"
				+ " give the step StepOptions.reconcile(…), and resume the run", cause);
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
