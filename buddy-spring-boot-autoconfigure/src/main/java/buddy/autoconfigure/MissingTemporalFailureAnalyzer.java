package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports what is missing for Temporal, instead of a stack trace.
 */
class MissingTemporalFailureAnalyzer extends AbstractFailureAnalyzer<MissingTemporalException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingTemporalException cause) {
		return new FailureAnalysis(
				"buddy.engine.type is 'temporal', and the application does not have one WorkflowClient bean of Temporal's.",
				"Add io.temporal:temporal-spring-boot-starter and set spring.temporal.connection.target, or declare a"
						+ " WorkflowClient bean. To queue runs in the application's own database, leave buddy.engine.type"
						+ " out.",
				rootFailure);
	}

}
