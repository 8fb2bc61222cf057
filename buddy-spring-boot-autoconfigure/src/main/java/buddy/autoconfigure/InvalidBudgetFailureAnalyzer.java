package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.budget.InvalidBudgetException;

/**
 * Reports a budget or a price that cannot be used.
 */
class InvalidBudgetFailureAnalyzer extends AbstractFailureAnalyzer<InvalidBudgetException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidBudgetException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", "Change " + cause.property() + ".", cause);
	}

}
