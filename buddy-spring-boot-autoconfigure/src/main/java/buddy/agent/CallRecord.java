package buddy.agent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.prompt.Prompt;
import tools.jackson.core.JacksonException;

import buddy.json.internal.Json;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;

/**
 * Records one call of an agent: the messages, tokens and time of each model call, and the
 * tool calls. It can be read at any time, even when the call fails half-way.
 */
final class CallRecord {

	private final AgentDefinition agent;

	private final List<Integer> inputTokens = new ArrayList<>();

	private final List<Integer> outputTokens = new ArrayList<>();

	private final List<Integer> totalTokens = new ArrayList<>();

	private final List<Double> seconds = new ArrayList<>();

	private final List<String> reasoning = new ArrayList<>();

	private final List<ToolCall> pending = new ArrayList<>();

	private final List<ToolExecution> tools = new ArrayList<>();

	/** The model's original messages by their tool calls. */
	private final Map<Object, Message> callers = new LinkedHashMap<>();

	/** The messages of earlier attempts whose answer had the wrong format. */
	private final List<Message> earlier = new ArrayList<>();

	private List<Message> messages = List.of();

	/** The answer in progress, or {@code null} between model calls. */
	private @Nullable ModelAnswer answering;

	private @Nullable ModelAnswer answered;

	private int retries;

	CallRecord(AgentDefinition agent) {
		this.agent = agent;
	}

	/** Records a request to the model, whose answer is recorded as it arrives. */
	synchronized ModelAnswer modelCallBegins(Prompt request, boolean streamed) {
		if (this.answering != null) {
			modelCallEnded(this.answering); // it failed, and was tried again
		}
		this.messages = new ArrayList<>();
		for (Message message : ChatMessages.ofThisCall(request.getInstructions(), this.agent)) {
			if (this.retries == 0) {
				this.messages.add(original(message));
			}
			else if (!message.role().equals(MessageType.SYSTEM.getValue())) {
				this.messages.add(message.role().equals(MessageType.USER.getValue())
						? message.with(ChatMessages.RETRY, this.retries) : original(message));
			}
		}
		ModelAnswer answer = new ModelAnswer(streamed);
		this.answering = answer;
		return answer;
	}

	synchronized void modelCallEnded(ModelAnswer answer) {
		if (this.answering != answer) {
			return;
		}
		this.answering = null;
		this.answered = answer;
		count(answer, this.inputTokens, this.outputTokens, this.totalTokens, this.seconds);
		Message message = answer.toMessage(this.agent, answer.finishReason());
		this.messages.add(message);
		this.pending.clear();
		this.pending.addAll(answer.toolCalls());
		if (!this.pending.isEmpty()) {
			this.callers.put(toolCalls(message), message);
		}
		if (!answer.reasoning().isEmpty()) {
			this.reasoning.add(answer.reasoning());
		}
	}

	/** Records that the model is called again because its answer has the wrong format. */
	synchronized void retry() {
		this.earlier.addAll(this.messages);
		this.messages = List.of();
		this.retries++;
	}

	synchronized int retries() {
		return this.retries;
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
		return (this.answered != null) ? this.answered.model() : null;
	}

	/** Returns the latest finish reason, or {@code null} if it is not known. */
	synchronized @Nullable String finishReason() {
		return (this.answered != null) ? this.answered.finishReason() : null;
	}

	/** Returns the answer of the current or latest model call. */
	synchronized @Nullable ModelAnswer current() {
		return (this.answering != null) ? this.answering : this.answered;
	}

	/** Returns the text of the latest model call that has ended. */
	synchronized String lastText() {
		return (this.answered != null) ? this.answered.text() : "";
	}

	/** Whether the model has not been called yet. */
	synchronized boolean isEmpty() {
		return this.messages.isEmpty() && this.earlier.isEmpty();
	}

	/** Writes the record of a completed call. */
	synchronized void writeTo(RunResponse.Builder response) {
		write(response, new ArrayList<>(allMessages()), this.reasoning, this.answered,
				List.of(this.inputTokens, this.outputTokens, this.totalTokens, this.seconds));
		response.finishReason(finishReason());
	}

	/**
	 * Writes the record of a call that failed or was cancelled, including a partial
	 * answer.
	 * @param end the finish reason of a partial answer: {@code error} or
	 * {@code cancelled}
	 */
	synchronized void writeTo(RunResponse.Builder response, String end) {
		List<Message> all = new ArrayList<>(allMessages());
		List<String> reasoned = new ArrayList<>(this.reasoning);
		List<Integer> input = new ArrayList<>(this.inputTokens);
		List<Integer> output = new ArrayList<>(this.outputTokens);
		List<Integer> total = new ArrayList<>(this.totalTokens);
		List<Double> time = new ArrayList<>(this.seconds);
		ModelAnswer partial = this.answering;
		if (partial != null) {
			count(partial, input, output, total, time);
			reasoned.add(partial.reasoning());
		}
		boolean cancelled = end.equals(ChatMessages.CANCELLED);
		if (cancelled ? !hasAnswer(all) : partial != null && !(partial.text() + partial.reasoning()).isEmpty()) {
			all.add(((partial != null) ? partial : new ModelAnswer(false)).toMessage(this.agent, end));
		}
		write(response, all, reasoned, (partial != null) ? partial : this.answered,
				List.of(input, output, total, time));
		response.finishReason((partial != null || cancelled) ? end : finishReason());
	}

	private void write(RunResponse.Builder response, List<Message> all, List<String> reasoned,
			@Nullable ModelAnswer latest, List<List<? extends Number>> numbers) {
		Map<String, @Nullable Object> metrics = new LinkedHashMap<>();
		metrics.put("input_tokens", List.copyOf(numbers.get(0)));
		metrics.put("output_tokens", List.copyOf(numbers.get(1)));
		metrics.put("total_tokens", List.copyOf(numbers.get(2)));
		metrics.put("time", List.copyOf(numbers.get(3)));
		if (this.retries > 0) {
			metrics.put("answer_retries", List.of(this.retries));
		}
		String whole = String.join("\n\n", reasoned.stream().filter((text) -> !text.isEmpty()).toList());
		response.metrics(metrics).messages(all).tools(this.tools).reasoningContent(whole.isEmpty() ? null : whole);
	}

	private static void count(ModelAnswer answer, List<Integer> input, List<Integer> output, List<Integer> total,
			List<Double> time) {
		input.add(answer.inputTokens());
		output.add(answer.outputTokens());
		total.add(answer.totalTokens());
		time.add(answer.seconds());
	}

	/** Whether the last message is a complete answer of the model. */
	private static boolean hasAnswer(List<Message> all) {
		Message last = all.isEmpty() ? null : all.get(all.size() - 1);
		return last != null && last.role().equals(MessageType.ASSISTANT.getValue())
				&& !last.additional().containsKey("tool_calls");
	}

	/**
	 * Returns all messages, including results of returnDirect tools, which are not sent
	 * to the model.
	 */
	private List<Message> allMessages() {
		List<Message> all = new ArrayList<>(this.earlier);
		all.addAll(this.messages);
		for (ToolExecution tool : this.tools) {
			boolean told = all.stream()
				.anyMatch((message) -> tool.toolCallId() != null
						&& tool.toolCallId().equals(message.additional().get("tool_call_id")));
			if (!told && tool.toolCallId() != null && tool.result() != null) {
				all.add(ChatMessages.ofTool(tool.toolCallId(), tool.toolName(), tool.result(), this.agent));
			}
		}
		return all;
	}

	/** Returns the message as it was recorded on arrival, with all its fields. */
	private Message original(Message message) {
		Message caller = this.callers.get(toolCalls(message));
		return (caller != null) ? caller : message;
	}

	private static Object toolCalls(Message message) {
		return Objects.requireNonNullElse(message.additional().get("tool_calls"), "");
	}

	/**
	 * Takes the id of a tool call from the model's latest answer, since Spring AI does
	 * not pass it to the tool.
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
			return Objects.requireNonNullElse(Json.readMap(input), Map.of());
		}
		catch (JacksonException ex) {
			return null; // the tool itself reports what is wrong with them
		}
	}

}
