package buddy.workflow.internal.execution;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.CustomEvent;
import buddy.run.RunResponseEvent.RunIntermediateResponseContent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.storage.NewRun;
import buddy.workflow.WorkflowSettings;

/**
 * Logs the events of a run to the logger {@code buddy.workflows.<id>} of its workflow, at
 * DEBUG level, or at INFO in debug mode. Names are logged, but never content.
 */
final class RunLog {

	private static final Map<String, Logger> LOGGERS = new ConcurrentHashMap<>();

	private final Logger logger;

	private final boolean debugMode;

	private final NewRun run;

	private RunLog(Logger logger, boolean debugMode, NewRun run) {
		this.logger = logger;
		this.debugMode = debugMode;
		this.run = run;
	}

	static RunLog of(WorkflowSettings settings, NewRun run) {
		Logger logger = LOGGERS.computeIfAbsent(run.workflowId(),
				(id) -> LoggerFactory.getLogger("buddy.workflows." + id));
		return new RunLog(logger, settings.debugMode(), run);
	}

	void event(RunResponseEvent event) {
		Level level = level(event);
		if (this.logger.isEnabledForLevel(level)) {
			this.logger.atLevel(level)
				.log("Run '{}' of workflow '{}' in session '{}': {}", this.run.runId(), this.run.workflowId(),
						this.run.sessionId(), describe(event));
		}
	}

	/** Returns the level of an event, which is lower for the many pieces of an answer. */
	private Level level(RunResponseEvent event) {
		if (event instanceof RunResponseContent || event instanceof RunIntermediateResponseContent) {
			return this.debugMode ? Level.DEBUG : Level.TRACE;
		}
		return this.debugMode ? Level.INFO : Level.DEBUG;
	}

	private static String describe(RunResponseEvent event) {
		StringBuilder text = new StringBuilder(event.event());
		add(text, "agent", event.header().agentName());
		if (event instanceof RunStarted started) {
			add(text, "model", started.model());
		}
		else if (event instanceof ToolCallStarted call && call.tool() != null) {
			add(text, "tool", call.tool().toolName());
		}
		else if (event instanceof ToolCallCompleted call && call.tool() != null) {
			add(text, "tool", call.tool().toolName());
			add(text, "error", call.tool().toolCallError());
		}
		else if (event instanceof CustomEvent custom) {
			add(text, "name", custom.name());
		}
		else if (event instanceof WorkflowError error) {
			add(text, "error", error.errorType());
		}
		else if (event instanceof WorkflowCancelled cancelled) {
			add(text, "reason", cancelled.reason());
		}
		return text.toString();
	}

	private static void add(StringBuilder text, String name, @Nullable Object value) {
		if (value != null) {
			text.append(' ').append(name).append("='").append(value).append('\'');
		}
	}

}
