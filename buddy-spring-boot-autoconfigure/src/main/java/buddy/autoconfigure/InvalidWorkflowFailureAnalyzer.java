package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.workflow.InvalidWorkflowException;

/**
 * Reports a workflow that cannot be recorded.
 */
class InvalidWorkflowFailureAnalyzer extends AbstractFailureAnalyzer<InvalidWorkflowException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidWorkflowException cause) {
		return new FailureAnalysis(cause.subject() + " cannot be recorded: " + cause.problem() + ".", cause.action(),
				cause);
	}

}
