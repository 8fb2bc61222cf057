package buddy.agent;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.util.StringUtils;

/**
 * Reads provider-specific data from Spring AI's responses and fills in missing values.
 */
final class ModelResponses {

	/** The metadata keys of the model's reasoning, which differ between providers. */
	private static final List<String> REASONING_KEYS = List.of("reasoningContent", "reasoning_content", "thinking",
			"thoughts", "reasoning");

	/** The metadata keys that mark a text as reasoning. */
	private static final List<String> THOUGHT_MARKS = List.of("isThought", "thinking");

	private ModelResponses() {
	}

	/**
	 * Returns the response with missing values filled in: ids and arguments of tool
	 * calls, and numbers of the usage. Later code fails without them.
	 */
	static ChatResponse complete(ChatResponse response) {
		boolean counted = isCounted(response.getMetadata().getUsage());
		boolean whole = response.getResults().stream().allMatch(ModelResponses::isWhole);
		if (counted && whole) {
			return response;
		}
		List<Generation> generations = response.getResults()
			.stream()
			.filter((generation) -> generation.getOutput() != null)
			.map((generation) -> isWhole(generation) ? generation
					: new Generation(withToolCalls(generation.getOutput()), generation.getMetadata()))
			.toList();
		return new ChatResponse(generations, counted ? response.getMetadata()
				: withUsage(response.getMetadata(), response.getMetadata().getUsage()));
	}

	/**
	 * Returns the generation that holds the answer; some providers return reasoning as a
	 * separate one.
	 */
	static @Nullable Generation answer(@Nullable ChatResponse response) {
		if (response == null) {
			return null;
		}
		return response.getResults()
			.stream()
			.filter((generation) -> !isThought(generation.getOutput()))
			.findFirst()
			.orElse(null);
	}

	/** Returns the text of a message for the user: the answer or the refusal. */
	static String text(AssistantMessage message) {
		if (isThought(message)) {
			return "";
		}
		String text = message.getText();
		return StringUtils.hasLength(text) ? text : refusal(message);
	}

	static String refusal(AssistantMessage message) {
		return (message.getMetadata().get("refusal") instanceof String refusal) ? refusal : "";
	}

	/**
	 * Returns the reasoning in a message, or all of it so far if the provider repeats it.
	 */
	static String reasoning(AssistantMessage message) {
		if (isThought(message)) {
			return Objects.requireNonNullElse(message.getText(), "");
		}
		for (String key : REASONING_KEYS) {
			if (message.getMetadata().get(key) instanceof String text && !text.isEmpty()) {
				return text;
			}
		}
		return "";
	}

	static boolean isThought(AssistantMessage message) {
		return THOUGHT_MARKS.stream().anyMatch((mark) -> {
			Object value = message.getMetadata().get(mark);
			return Boolean.TRUE.equals(value) || (mark.equals("isThought") && "true".equals(value));
		});
	}

	/**
	 * Whether each chunk repeats the earlier reasoning, as with Spring AI's OpenAI
	 * client.
	 */
	static boolean repeatsReasoning(AssistantMessage message) {
		Map<String, Object> metadata = message.getMetadata();
		return metadata.containsKey("reasoningContent") && metadata.containsKey("annotations")
				&& metadata.containsKey("refusal");
	}

	static String id(AssistantMessage message) {
		return String.valueOf(message.getMetadata().get("id"));
	}

	/** Returns the finish reason in lower case, or {@code null}. */
	static @Nullable String finishReason(Generation generation) {
		String reason = generation.getMetadata().getFinishReason();
		return StringUtils.hasText(reason) ? reason.toLowerCase(Locale.ROOT) : null;
	}

	private static boolean isCounted(@Nullable Usage usage) {
		return usage != null && usage.getPromptTokens() != null && usage.getCompletionTokens() != null
				&& usage.getTotalTokens() != null;
	}

	private static ChatResponseMetadata withUsage(ChatResponseMetadata metadata, @Nullable Usage usage) {
		return ChatResponseMetadata.builder()
			.metadata(metadata.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
			.id(metadata.getId())
			.model(metadata.getModel())
			.rateLimit(metadata.getRateLimit())
			.promptMetadata(metadata.getPromptMetadata())
			.usage((usage != null) ? new DefaultUsage(usage.getPromptTokens(), usage.getCompletionTokens())
					: new DefaultUsage(0, 0))
			.build();
	}

	private static boolean isWhole(Generation generation) {
		AssistantMessage message = generation.getOutput();
		return message != null && message.getToolCalls()
			.stream()
			.allMatch((call) -> StringUtils.hasText(call.id()) && call.name() != null && call.arguments() != null);
	}

	private static AssistantMessage withToolCalls(AssistantMessage message) {
		return message.mutate()
			.toolCalls(message.getToolCalls().stream().map(ModelResponses::identified).toList())
			.build();
	}

	private static ToolCall identified(ToolCall call) {
		return new ToolCall(StringUtils.hasText(call.id()) ? call.id() : "call_" + UUID.randomUUID(),
				Objects.requireNonNullElse(call.type(), "function"), Objects.requireNonNullElse(call.name(), ""),
				StringUtils.hasText(call.arguments()) ? call.arguments() : "{}");
	}

}
