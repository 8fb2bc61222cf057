package buddy.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;

import buddy.json.internal.Json;
import buddy.run.Message;

/**
 * Converts messages between Spring AI and the record of a run.
 */
final class ChatMessages {

	/**
	 * Marks a question that was repeated because its answer had the wrong format.
	 */
	static final String RETRY = "answer_retry";

	static final String FINISH_REASON = "finish_reason";

	/** The finish reason of an answer that was cancelled. */
	static final String CANCELLED = "cancelled";

	private static final String NO_ANSWER = "(cancelled before there was an answer)";

	private ChatMessages() {
	}

	/**
	 * Returns the system messages and everything from the last user message on. Messages
	 * before it come from earlier calls, whether added by the agent's history or by a
	 * chat memory.
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
	 * Returns the questions and answers of a history. Tool calls and results are left
	 * out, since providers refuse the one without the other. A question without an answer
	 * is left out, since some providers refuse two user messages in a row.
	 */
	static List<org.springframework.ai.chat.messages.Message> toModel(List<Message> history) {
		List<org.springframework.ai.chat.messages.Message> messages = new ArrayList<>();
		String question = null;
		for (Message message : history) {
			String text = text(message);
			if (message.role().equals(MessageType.USER.getValue())) {
				if (message.additional().containsKey(RETRY)) {
					question = (question != null) ? question : takeBack(messages);
				}
				else if (!text.isBlank()) {
					question = text;
				}
			}
			else if (message.role().equals(MessageType.ASSISTANT.getValue())) {
				boolean cancelled = CANCELLED.equals(message.additional().get(FINISH_REASON));
				String said = (text.isBlank() && cancelled && question != null) ? NO_ANSWER : text;
				if (!said.isBlank()) {
					if (question != null) {
						messages.add(new UserMessage(question));
						question = null;
					}
					messages.add(new AssistantMessage(said));
				}
			}
		}
		return messages;
	}

	/**
	 * Removes an answer of the wrong format and returns its question, to be paired with
	 * the next answer.
	 */
	private static @Nullable String takeBack(List<org.springframework.ai.chat.messages.Message> messages) {
		while (!messages.isEmpty()) {
			org.springframework.ai.chat.messages.Message last = messages.remove(messages.size() - 1);
			if (last instanceof UserMessage asked) {
				return asked.getText();
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

	static Map<String, @Nullable Object> toolCall(ToolCall call) {
		return Map.of("id", Objects.requireNonNullElse(call.id(), ""), "type", "function", "function",
				Map.of("name", Objects.requireNonNullElse(call.name(), ""), "arguments",
						Objects.requireNonNullElse(call.arguments(), "{}")));
	}

	static Map<String, @Nullable Object> agentFields(AgentDefinition agent) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("agent_id", agent.id());
		fields.put("agent_name", agent.name());
		return fields;
	}

}
