package buddy.faults;

import buddy.durable.StepMode;

/**
 * Where a run stands still in its second step, until its process dies.
 */
enum FaultPoint {

	/** Nowhere: it is somewhere when its process dies. */
	ANYWHERE(StepMode.AT_LEAST_ONCE),

	/** The step is recorded as started, and the other system can tell whether it was. */
	STARTED(StepMode.AT_MOST_ONCE),

	/** The body was executed, and nothing of it is recorded. */
	AFTER_BODY(StepMode.AT_LEAST_ONCE),

	/** The step is recorded. */
	AFTER_ROW(StepMode.AT_LEAST_ONCE),

	/** The run has ended, and its caller does not know it. */
	AFTER_END(StepMode.AT_LEAST_ONCE),

	/** The step runs at most once, is recorded as started, and was not called. */
	ONCE_BEFORE_BODY(StepMode.AT_MOST_ONCE),

	/** The step runs at most once and was called. */
	ONCE_AFTER_BODY(StepMode.AT_MOST_ONCE),

	/** The step and what its body wrote are about to be committed. */
	BEFORE_COMMIT(StepMode.TRANSACTIONAL),

	/** The step and what its body wrote are committed. */
	AFTER_COMMIT(StepMode.TRANSACTIONAL),

	/** Nowhere: it takes its process down by itself. */
	HALT(StepMode.AT_LEAST_ONCE);

	private final StepMode mode;

	FaultPoint(StepMode mode) {
		this.mode = mode;
	}

	StepMode mode() {
		return this.mode;
	}

	/** Whether the run cannot be continued. */
	boolean interrupts() {
		return this == ONCE_BEFORE_BODY || this == ONCE_AFTER_BODY;
	}

}
