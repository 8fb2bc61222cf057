package buddy.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import buddy.mcp.DuplicateToolException;

/**
 * Reports two workflows with the same MCP tool name.
 */
class DuplicateToolFailureAnalyzer extends AbstractFailureAnalyzer<DuplicateToolException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DuplicateToolException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.action(), cause);
	}

}
