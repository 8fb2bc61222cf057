package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.workflow.InvalidScheduleException;

/**
 * Reports a declared schedule that cannot be used.
 */
class InvalidScheduleFailureAnalyzer extends AbstractFailureAnalyzer<InvalidScheduleException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidScheduleException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Change '" + cause.field() + "' of @WorkflowSchedule on the class of workflow '" + cause.workflowId()
						+ "', or set it under buddy.workflows." + cause.workflowId() + ".schedule.",
				cause);
	}

}
