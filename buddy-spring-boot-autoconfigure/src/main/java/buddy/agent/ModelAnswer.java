package buddy.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.util.StringUtils;

import buddy.run.Message;

/**
 * The answer of one model call, in one piece or in the chunks that have arrived so far.
 */
final class ModelAnswer {

	private final boolean streamed;

	private final long start = System.nanoTime();

	private final StringBuilder text = new StringBuilder();

	private final StringBuilder refusal = new StringBuilder();

	private final ReasoningText reasoning = new ReasoningText();

	private final List<ToolCall> toolCalls = new ArrayList<>();

	private int inputTokens;

	private int outputTokens;

	private int totalTokens;

	private @Nullable String model;

	private @Nullable String finishReason;

	private volatile @Nullable Double took;

	ModelAnswer(boolean streamed) {
		this.streamed = streamed;
	}

	synchronized void add(ChatResponse response) {
		Generation answer = ModelResponses.answer(response);
		for (Generation generation : response.getResults()) {
			AssistantMessage message = generation.getOutput();
			String finished = ModelResponses.finishReason(generation);
			this.finishReason = (finished != null && !ModelResponses.isThought(message)) ? finished : this.finishReason;
			this.reasoning.take(message, finished != null || StringUtils.hasLength(ModelResponses.text(message)));
			this.toolCalls.addAll(message.getToolCalls());
			if (generation == answer) {
				this.text.append((message.getText() != null) ? message.getText() : "");
				this.refusal.append(ModelResponses.refusal(message));
			}
		}
		this.model = StringUtils.hasText(response.getMetadata().getModel()) ? response.getMetadata().getModel()
				: this.model;
		Usage usage = response.getMetadata().getUsage();
		this.inputTokens = latest(usage.getPromptTokens(), this.inputTokens);
		this.outputTokens = latest(usage.getCompletionTokens(), this.outputTokens);
		this.totalTokens = latest(usage.getTotalTokens(), this.totalTokens);
	}

	/** Returns the text for the user: the answer or the refusal. */
	synchronized String text() {
		return this.text.isEmpty() ? this.refusal.toString() : this.text.toString();
	}

	synchronized String reasoning() {
		return this.reasoning.whole();
	}

	synchronized List<ToolCall> toolCalls() {
		return List.copyOf(this.toolCalls);
	}

	synchronized @Nullable String model() {
		return this.model;
	}

	/** Returns the finish reason, or {@code null} if it is not known. */
	synchronized @Nullable String finishReason() {
		if (!this.refusal.isEmpty()) {
			return FinishReasons.REFUSAL;
		}
		if (this.finishReason == null && this.streamed && this.toolCalls.isEmpty()) {
			return FinishReasons.INCOMPLETE;
		}
		return this.finishReason;
	}

	synchronized int inputTokens() {
		return this.inputTokens;
	}

	synchronized int outputTokens() {
		return this.outputTokens;
	}

	synchronized int totalTokens() {
		return this.totalTokens;
	}

	/** Sets how long the model took, for an answer that was recorded. */
	void took(double seconds) {
		this.took = seconds;
	}

	double seconds() {
		Double known = this.took;
		return (known != null) ? known : (System.nanoTime() - this.start) / 1e9;
	}

	/**
	 * Returns the message for the record.
	 * @param finished why the model stopped, or {@code null}
	 */
	synchronized Message toMessage(AgentDefinition agent, @Nullable String finished) {
		Map<String, @Nullable Object> more = new LinkedHashMap<>(ChatMessages.agentFields(agent));
		if (!this.toolCalls.isEmpty()) {
			more.put("tool_calls", this.toolCalls.stream().map(ChatMessages::toolCall).toList());
		}
		String reasoned = this.reasoning.whole();
		more.put("reasoning_content", reasoned.isEmpty() ? null : reasoned);
		more.put("refusal", this.refusal.isEmpty() ? null : this.refusal.toString());
		more.put("finish_reason", finished);
		return new Message(MessageType.ASSISTANT.getValue(), text(), more);
	}

	private static int latest(int now, int before) {
		return (now > 0) ? now : before;
	}

}
