package buddy.agent;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.metadata.ToolMetadata;

/**
 * A tool whose calls are recorded, and which sees the run in progress on any thread.
 */
final class RecordedTool implements ToolCallback {

	private final ToolCallback tool;

	private final AgentCall call;

	RecordedTool(ToolCallback tool, AgentCall call) {
		this.tool = tool;
		this.call = call;
	}

	@Override
	public ToolDefinition getToolDefinition() {
		return this.tool.getToolDefinition();
	}

	@Override
	public ToolMetadata getToolMetadata() {
		return this.tool.getToolMetadata();
	}

	@Override
	public String call(String input) {
		return this.call.runTool(getToolDefinition(), input, () -> this.tool.call(input));
	}

	@Override
	public String call(String input, @Nullable ToolContext context) {
		return this.call.runTool(getToolDefinition(), input, () -> this.tool.call(input, context));
	}

}
