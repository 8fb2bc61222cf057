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
	 * @param asked whether the other system or a person was asked
	 * @param cause why that gave no answer, or {@code null}
	 */
	public StepInterruptedException(String runId, String step, boolean asked, @Nullable Throwable cause) {
		super("Step '" + step + "' of run '" + runId + "' runs at most once, and whether it has happened is not known"
				+ (asked ? ": " + why(cause) + ". Resume the run to ask again"
						: ". Look into the other system. To let it be asked, give the step StepOptions.reconcile(…), or"
								+ " askIfInterrupted(…) to ask a person, and resume the run")
				+ "; if it has not happened, the run can be forked before the step", cause);
		this.step = step;
	}

	private static String why(@Nullable Throwable cause) {
		if (cause instanceof AnswerExpiredException) {
			return "nobody has answered in time";
		}
		return "its 'reconcile' " + ((cause != null) ? "has failed (" + cause + ")" : "does not know");
	}

	/**
	 * Returns the step.
	 * @return its key
	 */
	public String step() {
		return this.step;
	}

}
