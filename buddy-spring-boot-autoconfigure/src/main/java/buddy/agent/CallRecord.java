package buddy.agent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import tools.jackson.core.JacksonException;

import buddy.json.Json;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;

/**
 * What happened in one call of an agent: messages, tokens and time of each model call,
 * tool calls.
 */
final class CallRecord {

	private final AgentDefinition agent;

	private final List<Integer> inputTokens = new ArrayList<>();

	private final List<Integer> outputTokens = new ArrayList<>();

	private final List<Integer> totalTokens = new ArrayList<>();

	private final List<Double> seconds = new ArrayList<>();

	private final List<ToolCall> pending = new ArrayList<>();

	private final List<ToolExecution> tools = new ArrayList<>();

	private List<Message> messages = List.of();

	private @Nullable String model;

	private @Nullable String reasoning;

	CallRecord(AgentDefinition agent) {
		this.agent = agent;
	}

	synchronized void addModelCall(Prompt request, @Nullable ChatResponse response, double elapsed) {
		Usage usage = (response != null) ? response.getMetadata().getUsage() : null;
		this.inputTokens.add((usage != null) ? usage.getPromptTokens() : 0);
		this.outputTokens.add((usage != null) ? usage.getCompletionTokens() : 0);
		this.totalTokens.add((usage != null) ? usage.getTotalTokens() : 0);
		this.seconds.add(elapsed);
		this.messages = new ArrayList<>(ChatMessages.ofThisCall(request.getInstructions(), this.agent));
		if (response != null && response.getResult() != null) {
			AssistantMessage answer = response.getResult().getOutput();
			this.messages.addAll(ChatMessages.toRecord(answer, this.agent));
			this.pending.clear();
			this.pending.addAll(answer.getToolCalls());
			this.reasoning = ChatMessages.reasoning(answer);
			this.model = response.getMetadata().getModel();
		}
	}

	synchronized ToolExecution begin(String name, String input) {
		ToolExecution execution = new ToolExecution(takeId(name, input), name, args(input), null, null, Map.of());
		this.tools.add(execution);
		return execution;
	}

	synchronized ToolExecution end(ToolExecution begun, String result, boolean error) {
		ToolExecution ended = new ToolExecution(begun.toolCallId(), begun.toolName(), begun.toolArgs(), result, error,
				begun.additional());
		for (int i = 0; i < this.tools.size(); i++) {
			if (this.tools.get(i) == begun) {
				this.tools.set(i, ended);
			}
		}
		return ended;
	}

	synchronized @Nullable String model() {
		return (this.model != null && !this.model.isEmpty()) ? this.model : null;
	}

	synchronized void writeTo(RunResponse.Builder response) {
		Map<String, @Nullable Object> metrics = new LinkedHashMap<>();
		metrics.put("input_tokens", List.copyOf(this.inputTokens));
		metrics.put("output_tokens", List.copyOf(this.outputTokens));
		metrics.put("total_tokens", List.copyOf(this.totalTokens));
		metrics.put("time", List.copyOf(this.seconds));
		response.metrics(metrics).messages(allMessages()).tools(this.tools).reasoningContent(this.reasoning);
	}

	/** A tool that answers the caller directly is not reported to the model. */
	private List<Message> allMessages() {
		List<Message> all = new ArrayList<>(this.messages);
		for (ToolExecution tool : this.tools) {
			boolean told = all.stream()
				.anyMatch((message) -> tool.toolCallId() != null
						&& tool.toolCallId().equals(message.additional().get("tool_call_id")));
			if (!told && tool.toolCallId() != null) {
				all.add(ChatMessages.ofTool(tool.toolCallId(), tool.toolName(), tool.result(), this.agent));
			}
		}
		return all;
	}

	/**
	 * Spring AI does not tell a tool the id of its call; the model's latest answer does.
	 */
	private @Nullable String takeId(String name, String input) {
		for (Iterator<ToolCall> calls = this.pending.iterator(); calls.hasNext();) {
			ToolCall call = calls.next();
			if (call.name().equals(name) && (call.arguments().equals(input) || call.arguments().isBlank())) {
				calls.remove();
				return call.id();
			}
		}
		return null;
	}

	private static @Nullable Map<String, @Nullable Object> args(String input) {
		try {
			return Json.readMap(input);
		}
		catch (JacksonException ex) {
			return null; // the tool itself says what is wrong with them
		}
	}

}
