package buddy.autoconfigure;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.storage.jpa.StorageAdvice;

/**
 * Reports a database file that is locked, read-only or missing, whichever component
 * opened it.
 */
class DatabaseFileFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
		StorageAdvice advice = StorageAdvice.of(cause);
		return (advice != null)
				? new FailureAnalysis(advice.description() + " " + cause.getMessage(), advice.action(), rootFailure)
				: null;
	}

}
