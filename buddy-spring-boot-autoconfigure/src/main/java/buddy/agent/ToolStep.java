package buddy.agent;

import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;

import buddy.durable.JournaledStep;
import buddy.durable.RecordedFailure;
import buddy.durable.StepFailedException;
import buddy.durable.StepFormat;
import buddy.durable.StepKind;
import buddy.durable.StepScope;
import buddy.json.internal.Digests;
import buddy.json.internal.Json;
import buddy.run.RunContext;

/**
 * One call of a tool as a step of its own, within a blocking call of an agent.
 */
final class ToolStep implements StepFormat<String> {

	/** Whether Spring AI may tell the failure to the model: not if it is checked. */
	private static final String TOLD = "told_to_model";

	private final ToolDefinition tool;

	private ToolStep(ToolDefinition tool) {
		this.tool = tool;
	}

	/**
	 * Takes the place of a tool's call.
	 * @param tool the tool
	 * @param input the arguments that the model passed
	 * @param context the part of the run that the agent's call is
	 * @return the step, or {@code null} if the call is none
	 */
	static @Nullable JournaledStep<String> next(ToolDefinition tool, String input, @Nullable RunContext context) {
		if (!(context instanceof StepScope scope)) {
			return null;
		}
		JournaledStep<String> step = scope.next(StepKind.TOOL, StepJson.name("tool:", tool.name()), new ToolStep(tool));
		if (step != null) {
			step.digest(Digests.of(input));
		}
		return step;
	}

	@Override
	public String write(String result) {
		return StepJson.write(result);
	}

	@Override
	public String read(String json) {
		return String.valueOf(Json.readPlain(json));
	}

	@Override
	public RecordedFailure failure(Throwable failure) {
		Throwable cause = failure.getCause();
		if (!(failure instanceof ToolExecutionException) || cause == null) {
			return RecordedFailure.of(failure);
		}
		return RecordedFailure.of(cause).with(Map.of(TOLD, cause instanceof RuntimeException));
	}

	@Override
	public @Nullable RuntimeException rebuild(RecordedFailure failure) {
		Object told = failure.details().get(TOLD);
		return (told != null) ? new RecordedToolException(this.tool, failure, Boolean.TRUE.equals(told)) : null;
	}

	/** Tells the model the same as the tool's own exception did. */
	private static final class RecordedToolException extends ToolExecutionException {

		private final String message;

		RecordedToolException(ToolDefinition tool, RecordedFailure failure, boolean told) {
			super(tool, cause(tool, failure, told));
			this.message = !failure.message().isBlank() ? failure.message() : "Exception occurred in tool: "
					+ tool.name() + " (" + failure.type().substring(failure.type().lastIndexOf('.') + 1) + ")";
		}

		private static Throwable cause(ToolDefinition tool, RecordedFailure failure, boolean told) {
			StepFailedException failed = new StepFailedException("tool:" + tool.name(), failure.type(),
					failure.message());
			return told ? failed : new ExecutionException(failed);
		}

		@Override
		public String getMessage() {
			return this.message;
		}

	}

}
