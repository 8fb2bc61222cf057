package buddy.run.internal;

import java.util.Set;

import buddy.run.Cancellation;
import buddy.run.RunFailure;

/**
 * What the reason of a run that has stopped says about how it can go on.
 */
public final class StopReasons {

	/** The reasons of runs that can go on as they are. */
	private static final Set<String> RESUMABLE = Set.of(RunFailure.INTERRUPTED, RunFailure.STEP_MISMATCH,
			RunFailure.STEP_UNREADABLE, RunFailure.INPUT_UNREADABLE, RunFailure.STEP_INTERRUPTED,
			RunFailure.BUDGET_EXCEEDED, Cancellation.SHUTDOWN);

	/** The reasons of runs that have stopped although their code has not failed. */
	private static final Set<String> PARKED = Set.of(RunFailure.INTERRUPTED, RunFailure.STEP_MISMATCH,
			RunFailure.STEP_UNREADABLE, RunFailure.INPUT_UNREADABLE, RunFailure.STEP_INTERRUPTED, RunFailure.POISONED,
			RunFailure.BUDGET_EXCEEDED);

	private StopReasons() {
	}

	/**
	 * Returns whether a run can be resumed: its code has not failed.
	 * @param reason the reason of the run
	 * @return whether it can go on as it is
	 */
	public static boolean isResumable(String reason) {
		return RESUMABLE.contains(reason);
	}

	/**
	 * Returns whether a run is parked: it has ended as an error, its steps are kept, and
	 * a person decides how it goes on.
	 * @param reason the reason of the run
	 * @return whether it is parked
	 */
	public static boolean isParked(String reason) {
		return PARKED.contains(reason);
	}

}
