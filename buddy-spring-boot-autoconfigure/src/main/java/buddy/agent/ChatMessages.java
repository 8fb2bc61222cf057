package buddy.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;

import buddy.json.Json;
import buddy.run.Message;

/**
 * The messages of a conversation, between Spring AI and the record of a run.
 */
final class ChatMessages {

	/** Where providers put the model's reasoning; there is no common key. */
	private static final List<String> REASONING_KEYS = List.of("reasoningContent", "thinking", "thoughts");

	private ChatMessages() {
	}

	/**
	 * Leaves out what an earlier call said, whether our own history or a chat memory put
	 * it there: all but system messages before the last user message.
	 */
	static List<Message> ofThisCall(List<org.springframework.ai.chat.messages.Message> prompt, AgentDefinition agent) {
		int start = 0;
		for (int i = 0; i < prompt.size(); i++) {
			start = (prompt.get(i).getMessageType() == MessageType.USER) ? i : start;
		}
		List<Message> messages = new ArrayList<>();
		for (int i = 0; i < prompt.size(); i++) {
			if (i >= start || prompt.get(i).getMessageType() == MessageType.SYSTEM) {
				messages.addAll(toRecord(prompt.get(i), agent));
			}
		}
		return messages;
	}

	static List<Message> toRecord(org.springframework.ai.chat.messages.Message message, AgentDefinition agent) {
		if (message instanceof ToolResponseMessage results) {
			return results.getResponses()
				.stream()
				.map((result) -> ofTool(result.id(), result.name(), result.responseData(), agent))
				.toList();
		}
		Map<String, @Nullable Object> more = agentFields(agent);
		if (message instanceof AssistantMessage answer && answer.hasToolCalls()) {
			more.put("tool_calls", answer.getToolCalls().stream().map(ChatMessages::toolCall).toList());
		}
		return List.of(new Message(message.getMessageType().getValue(), message.getText(), more));
	}

	static Message ofTool(String id, @Nullable String name, @Nullable String result, AgentDefinition agent) {
		Map<String, @Nullable Object> more = agentFields(agent);
		more.put("tool_call_id", id);
		more.put("tool_name", name);
		return new Message(MessageType.TOOL.getValue(), result, more);
	}

	/**
	 * Keeps what was said. Tool calls and their results are of use to the call that made
	 * them, and providers refuse the one without the other.
	 */
	static List<org.springframework.ai.chat.messages.Message> toModel(List<Message> history) {
		List<org.springframework.ai.chat.messages.Message> messages = new ArrayList<>();
		for (Message message : history) {
			String text = text(message);
			if (!text.isBlank() && message.role().equals(MessageType.USER.getValue())) {
				messages.add(new UserMessage(text));
			}
			else if (!text.isBlank() && message.role().equals(MessageType.ASSISTANT.getValue())) {
				messages.add(new AssistantMessage(text));
			}
		}
		return messages;
	}

	static @Nullable String reasoning(AssistantMessage message) {
		for (String key : REASONING_KEYS) {
			if (message.getMetadata().get(key) instanceof String text && !text.isEmpty()) {
				return text;
			}
		}
		return null;
	}

	private static String text(Message message) {
		Object content = message.content();
		if (content == null) {
			return "";
		}
		return (content instanceof String text) ? text : Json.writeValue(content);
	}

	private static Map<String, @Nullable Object> toolCall(ToolCall call) {
		return Map.of("id", call.id(), "type", "function", "function",
				Map.of("name", call.name(), "arguments", call.arguments()));
	}

	private static Map<String, @Nullable Object> agentFields(AgentDefinition agent) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("agent_id", agent.id());
		fields.put("agent_name", agent.name());
		return fields;
	}

}
