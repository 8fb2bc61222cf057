package buddy.agent;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

import buddy.durable.JournaledStep;
import buddy.durable.StepFormat;
import buddy.durable.StepKind;
import buddy.durable.StepScope;
import buddy.json.internal.Digests;
import buddy.json.internal.Json;
import buddy.run.RunContext;

/**
 * One request to the model as a step of its own, within a blocking call of an agent that
 * has tools.
 */
final class ModelStep implements StepFormat<ChatResponse> {

	private static final String BYTES = "$bytes";

	private final ModelAnswer answer;

	private ModelStep(ModelAnswer answer) {
		this.answer = answer;
	}

	/**
	 * Takes the place of a request.
	 * @param prompt the request
	 * @param answer the record of its answer
	 * @param context the part of the run that the agent's call is
	 * @return the step, or {@code null} if the request is none
	 */
	static @Nullable JournaledStep<ChatResponse> next(Prompt prompt, ModelAnswer answer, @Nullable RunContext context) {
		if (!(context instanceof StepScope scope) || !(prompt.getOptions() instanceof ToolCallingChatOptions options)
				|| options.getToolCallbacks() == null || options.getToolCallbacks().isEmpty()) {
			return null;
		}
		JournaledStep<ChatResponse> step = scope.next(StepKind.MODEL, "model", new ModelStep(answer));
		if (step != null) {
			step.digest(Digests
				.of(prompt.getInstructions().stream().map(ModelStep::said).collect(Collectors.joining("\n"))));
		}
		return step;
	}

	private static String said(Message message) {
		if (message instanceof ToolResponseMessage results) {
			return "tool: " + results.getResponses();
		}
		return message.getMessageType().getValue() + ": " + message.getText()
				+ ((message instanceof AssistantMessage answered) ? answered.getToolCalls() : "");
	}

	@Override
	public String write(ChatResponse response) {
		ChatResponseMetadata metadata = response.getMetadata();
		Usage usage = metadata.getUsage();
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("generations", response.getResults().stream().map(ModelStep::fields).toList());
		fields.put("id", metadata.getId());
		fields.put("model", metadata.getModel());
		fields.put("input_tokens", usage.getPromptTokens());
		fields.put("output_tokens", usage.getCompletionTokens());
		fields.put("total_tokens", usage.getTotalTokens());
		fields.put("time", this.answer.seconds());
		return StepJson.write(fields);
	}

	private static Map<String, @Nullable Object> fields(Generation generation) {
		AssistantMessage message = generation.getOutput();
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("text", message.getText());
		fields.put("tool_calls",
				message.getToolCalls()
					.stream()
					.map((call) -> List.of(call.id(), call.type(), call.name(), call.arguments()))
					.toList());
		fields.put("metadata", plain(message.getMetadata()));
		fields.put("finish_reason", generation.getMetadata().getFinishReason());
		return fields;
	}

	/** Objects of a provider's client are left out: they cannot be read back. */
	private static @Nullable Object plain(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> fields = new LinkedHashMap<>();
			map.forEach((key, item) -> {
				Object known = plain(item);
				if (known != null) {
					fields.put(String.valueOf(key), known);
				}
			});
			return fields;
		}
		if (value instanceof Collection<?> items) {
			List<@Nullable Object> list = new ArrayList<>();
			items.forEach((item) -> list.add(plain(item)));
			return list;
		}
		if (value instanceof byte[] bytes) {
			return Map.of(BYTES, Base64.getEncoder().encodeToString(bytes));
		}
		return (value instanceof String || value instanceof Number || value instanceof Boolean) ? value : null;
	}

	@Override
	public ChatResponse read(String json) {
		Map<String, @Nullable Object> fields = Json.readMap(json);
		this.answer.took(number(fields.get("time")).doubleValue());
		List<Generation> generations = list(fields.get("generations")).stream()
			.map((item) -> generation((Map<?, ?>) item))
			.toList();
		ChatResponseMetadata.Builder metadata = ChatResponseMetadata.builder()
			.usage(new DefaultUsage(number(fields.get("input_tokens")).intValue(),
					number(fields.get("output_tokens")).intValue(), number(fields.get("total_tokens")).intValue()));
		if (fields.get("id") instanceof String id) {
			metadata.id(id);
		}
		if (fields.get("model") instanceof String model) {
			metadata.model(model);
		}
		return new ChatResponse(generations, metadata.build());
	}

	@SuppressWarnings("unchecked") // a JSON object
	private static Generation generation(Map<?, ?> fields) {
		Object metadata = bytes(fields.get("metadata"));
		AssistantMessage message = AssistantMessage.builder()
			.content((String) fields.get("text"))
			.properties((metadata instanceof Map<?, ?> map) ? (Map<String, Object>) map : Map.of())
			.toolCalls(list(fields.get("tool_calls")).stream().map((call) -> toolCall((List<?>) call)).toList())
			.build();
		return new Generation(message,
				ChatGenerationMetadata.builder().finishReason((String) fields.get("finish_reason")).build());
	}

	private static ToolCall toolCall(List<?> parts) {
		return new ToolCall((String) parts.get(0), (String) parts.get(1), (String) parts.get(2), (String) parts.get(3));
	}

	private static @Nullable Object bytes(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			if (map.size() == 1 && map.get(BYTES) instanceof String text) {
				return Base64.getDecoder().decode(text);
			}
			Map<String, @Nullable Object> fields = new LinkedHashMap<>();
			map.forEach((key, item) -> fields.put((String) key, bytes(item)));
			return fields;
		}
		if (value instanceof List<?> items) {
			List<@Nullable Object> list = new ArrayList<>();
			items.forEach((item) -> list.add(bytes(item)));
			return list;
		}
		return value;
	}

	private static List<?> list(@Nullable Object value) {
		return (value instanceof List<?> list) ? list : List.of();
	}

	private static Number number(@Nullable Object value) {
		return (value instanceof Number number) ? number : 0;
	}

}
