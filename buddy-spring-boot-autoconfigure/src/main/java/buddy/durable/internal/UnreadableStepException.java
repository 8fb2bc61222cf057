package buddy.durable.internal;

import buddy.run.RunFailure;

/**
 * The recorded result of a step cannot be read as the type that the code names now.
 */
public class UnreadableStepException extends RuntimeException {

	/** Why a run that meets it is parked, as its record has it. */
	public static final String REASON = RunFailure.STEP_UNREADABLE;

	UnreadableStepException(String runId, String step, String type, Throwable cause) {
		super("The result of step '" + step + "' of run '" + runId + "' cannot be read as " + type
				+ " any more: let the type read what was recorded, then resume the run", cause);
	}

}
