package buddy.workflow;

import java.time.Duration;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunStatus;

/**
 * The ways in which a run can end.
 */
enum Ending {

	NORMAL(RunStatus.COMPLETED, "WorkflowCompleted"),

	FAILS_BEFORE_THE_FIRST_ITEM(RunStatus.ERROR, "WorkflowError"),

	FAILS_AFTER_TWO_ITEMS(RunStatus.ERROR, "WorkflowError"),

	/** Somebody else asks the run to stop, after two items. */
	CANCELLED(RunStatus.CANCELLED, "WorkflowCancelled"),

	/** The time that the run may take is over, after two items. */
	TIMEOUT(RunStatus.CANCELLED, "WorkflowCancelled"),

	/** The caller closes, cancels or disposes of what it got, after two items. */
	LEFT_BY_THE_CALLER(RunStatus.CANCELLED, "WorkflowCancelled"),

	/** The caller forgets what it got, after two items. */
	ABANDONED(RunStatus.CANCELLED, "WorkflowCancelled");

	/** Short, since it is set where the run shall end by it. */
	static final Duration LIMIT = Duration.ofMillis(1);

	final RunStatus status;

	final String lastEvent;

	Ending(RunStatus status, String lastEvent) {
		this.status = status;
		this.lastEvent = lastEvent;
	}

	boolean fails() {
		return this.status == RunStatus.ERROR;
	}

	/** Whether somebody else asks the run to stop while it is under way. */
	boolean stoppedFromElsewhere() {
		return this == CANCELLED || this == TIMEOUT;
	}

	/** Whether the caller gets a {@link RunCancelledException}. */
	boolean tellsTheCaller() {
		return stoppedFromElsewhere() || this == ABANDONED;
	}

	String cause() {
		return switch (this) {
			case TIMEOUT -> Cancellation.TIMEOUT;
			case ABANDONED -> Cancellation.ABANDONED;
			default -> Cancellation.CANCELLED;
		};
	}

	String reason() {
		return switch (this) {
			case TIMEOUT -> "it took longer than " + LIMIT;
			case ABANDONED -> "nobody pulled for PT1M";
			default -> "somebody asked";
		};
	}

}
