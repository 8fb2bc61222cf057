package buddy.confirmation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.PatternMatchUtils;

import buddy.agent.ToolCallGuard;
import buddy.durable.QuestionOptions;
import buddy.durable.StepScope;
import buddy.run.RunContext;
import buddy.run.ToolExecution;
import buddy.workflow.WorkflowRunContext;

/**
 * Asks a person before certain tools are called. The run pauses meanwhile, and goes on
 * with the call once it is approved. A model whose call is refused is told so.
 */
public final class ConfirmedTools implements ToolCallGuard {

	private static final String PREFIX = "confirm:";

	private final List<String> patterns;

	private final @Nullable String role;

	private final @Nullable Duration expiry;

	/**
	 * Creates the guard.
	 * @param patterns the tools, such as {@code pay}, {@code delete*}, or
	 * {@code cashier/pay} for that of one agent, in any case
	 * @param role the role whose users may confirm, in addition to those who may see the
	 * run, or {@code null} for none
	 * @param expiry how long the question is open, after which the tool is not called;
	 * {@code null} for as long as the run may be paused
	 */
	public ConfirmedTools(List<String> patterns, @Nullable String role, @Nullable Duration expiry) {
		this.patterns = List.copyOf(patterns);
		this.role = role;
		this.expiry = expiry;
	}

	@Override
	public @Nullable String refusal(String agent, ToolExecution call, @Nullable RunContext run) {
		String tool = String.valueOf(call.toolName());
		String question = PREFIX + tool;
		boolean asked = run instanceof StepScope scope && question.equals(scope.recordedNext());
		if (!asked && !matches(agent, tool)) {
			return null;
		}
		if (!(run instanceof WorkflowRunContext context)
				|| !asked && !(run instanceof StepScope scope && scope.canWait())) {
			throw new IllegalStateException("Tool '" + tool + "' of agent '" + agent
					+ "' has to be confirmed (buddy.agents.confirmation.tools), but nobody can be asked here: outside of"
					+ " a run, within a stream of the agent, the body of a step or a transaction, and where"
					+ " buddy.durable.agent-calls=false; call the agent with run(...) in the body of a workflow");
		}
		ToolConfirmation answer = (ToolConfirmation) context.awaitInput(question, ToolConfirmation.class,
				options(agent, call));
		return (answer != null && answer.approved()) ? null : refused(answer);
	}

	private boolean matches(String agent, String tool) {
		return this.patterns.stream()
			.anyMatch((pattern) -> PatternMatchUtils.simpleMatchIgnoreCase(pattern,
					(pattern.indexOf('/') >= 0) ? agent + "/" + tool : tool));
	}

	private QuestionOptions options(String agent, ToolExecution call) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("agent", agent);
		shown.put("tool", call.toolName());
		shown.put("arguments", call.toolArgs());
		QuestionOptions options = QuestionOptions.showing(shown);
		if (this.role != null) {
			options = options.role(this.role);
		}
		return (this.expiry != null)
				? options.expiresIn(this.expiry, new ToolConfirmation(false, "nobody has answered in time")) : options;
	}

	private static String refused(@Nullable ToolConfirmation answer) {
		String note = (answer != null) ? answer.note() : null;
		return "The tool was not called, since a person has not confirmed it."
				+ ((note != null && !note.isBlank()) ? " Note: " + note : "");
	}

}
