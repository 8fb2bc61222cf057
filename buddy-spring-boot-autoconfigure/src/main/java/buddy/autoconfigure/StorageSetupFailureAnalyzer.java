package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.storage.jpa.StorageSetupException;

/**
 * Reports why sessions and runs cannot be stored, instead of a stack trace.
 */
class StorageSetupFailureAnalyzer extends AbstractFailureAnalyzer<StorageSetupException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StorageSetupException cause) {
		return new FailureAnalysis(cause.description(), cause.action(), rootFailure);
	}

}
