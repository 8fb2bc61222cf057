package buddy.test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

import buddy.json.internal.Json;

/**
 * A chat model whose answers are scripted by a test, one per call, and which records its
 * prompts.
 *
 * <p>
 * A call when the script has ended throws an {@link AssertionError} with the agent and
 * the question.
 */
public final class ScriptedChatModel implements ChatModel {

	private static final String MODEL = "scripted";

	private static final int INPUT_TOKENS = 10;

	private static final int OUTPUT_TOKENS = 5;

	private static final ChatGenerationMetadata STOP = ChatGenerationMetadata.builder().finishReason("stop").build();

	private static final ChatGenerationMetadata TOOL_CALLS = ChatGenerationMetadata.builder()
		.finishReason("tool_calls")
		.build();

	private final String who;

	private final @Nullable ScriptedChatModel fallback;

	private final Deque<Function<Prompt, Flux<ChatResponse>>> script = new ArrayDeque<>();

	private final List<Prompt> prompts = new ArrayList<>();

	private @Nullable Function<Prompt, Flux<ChatResponse>> always;

	private final AtomicInteger toolCalls = new AtomicInteger();

	/**
	 * Creates a model with an empty script.
	 */
	public ScriptedChatModel() {
		this("The scripted model", null);
	}

	ScriptedChatModel(String who, @Nullable ScriptedChatModel fallback) {
		this.who = who;
		this.fallback = fallback;
	}

	/**
	 * Adds an answer.
	 * @param answer text, or any other value that is returned as JSON, for an agent with
	 * an answer type
	 * @return this model
	 */
	public ScriptedChatModel replies(Object answer) {
		String text = (answer instanceof CharSequence) ? answer.toString() : Json.writeValue(answer);
		return answers((prompt) -> Flux.just(text(text, STOP)));
	}

	/**
	 * Adds one answer that is computed from the question. Like any other answer it is
	 * used for one call only; for further calls, add it again or use
	 * {@link #alwaysRepliesWith}.
	 * @param answer computes the text from the last user message
	 * @return this model
	 */
	public ScriptedChatModel repliesWith(Function<String, String> answer) {
		return answers(made(answer));
	}

	/**
	 * Answers all calls after the end of the script.
	 * @param answer computes the text from the last user message
	 * @return this model
	 */
	public ScriptedChatModel alwaysRepliesWith(Function<String, String> answer) {
		synchronized (this.script) {
			this.always = made(answer);
		}
		return this;
	}

	private static Function<Prompt, Flux<ChatResponse>> made(Function<String, String> answer) {
		return (prompt) -> Flux.just(text(answer.apply(question(prompt)), STOP));
	}

	/**
	 * Adds an answer that is streamed in pieces; a blocking call gets it as a whole.
	 * @param pieces the pieces
	 * @return this model
	 */
	public ScriptedChatModel streams(String... pieces) {
		List<String> copy = List.of(pieces);
		return answers((prompt) -> Flux.range(0, copy.size())
			.map((i) -> text(copy.get(i), (i == copy.size() - 1) ? STOP : ChatGenerationMetadata.NULL)));
	}

	/**
	 * Adds a tool call. The next answer of the script responds to the result of the tool.
	 * @param tool the tool's name
	 * @param arguments the tool's arguments, as an object or as JSON text
	 * @return this model
	 */
	public ScriptedChatModel callsTool(String tool, Object arguments) {
		String json = (arguments instanceof CharSequence) ? arguments.toString() : Json.writeValue(arguments);
		String id = "call-" + this.toolCalls.incrementAndGet();
		return answers((prompt) -> Flux.just(response(AssistantMessage.builder()
			.content("")
			.toolCalls(List.of(new AssistantMessage.ToolCall(id, "function", tool, json)))
			.build(), TOOL_CALLS)));
	}

	/**
	 * Adds a failure.
	 * @param failure the exception that the call throws
	 * @return this model
	 */
	public ScriptedChatModel fails(RuntimeException failure) {
		return answers((prompt) -> Flux.error(failure));
	}

	/**
	 * Adds an answer in Spring AI's terms.
	 * @param answer returns the chunks of the answer for a prompt
	 * @return this model
	 */
	public ScriptedChatModel answers(Function<Prompt, Flux<ChatResponse>> answer) {
		synchronized (this.script) {
			this.script.add(answer);
		}
		return this;
	}

	/**
	 * Returns the prompts so far.
	 * @return a prompt for each call, in order
	 */
	public List<Prompt> prompts() {
		synchronized (this.script) {
			return List.copyOf(this.prompts);
		}
	}

	/**
	 * Returns the question of each call.
	 * @return the last user message of each prompt, in order
	 */
	public List<String> questions() {
		return prompts().stream().map(ScriptedChatModel::question).toList();
	}

	/**
	 * Verifies that the whole script was used up.
	 * @throws AssertionError if answers are left
	 */
	public void verifyComplete() {
		synchronized (this.script) {
			if (!this.script.isEmpty()) {
				throw new AssertionError(this.who + " was asked " + this.prompts.size() + " times " + questions()
						+ ", and " + this.script.size() + " answers of its script were not used");
			}
		}
	}

	@Override
	public ChatOptions getOptions() {
		return ToolCallingChatOptions.builder().model(MODEL).build();
	}

	@Override
	public ChatResponse call(Prompt prompt) {
		List<ChatResponse> pieces = stream(prompt).collectList().blockOptional().orElseGet(List::of);
		if (pieces.size() == 1) {
			return pieces.get(0);
		}
		StringBuilder whole = new StringBuilder();
		pieces.stream().flatMap((piece) -> piece.getResults().stream()).forEach((result) -> {
			String text = result.getOutput().getText();
			whole.append((text != null) ? text : "");
		});
		return text(whole.toString(), STOP);
	}

	@Override
	public Flux<ChatResponse> stream(Prompt prompt) {
		return next(prompt).apply(prompt);
	}

	void reset() {
		synchronized (this.script) {
			this.script.clear();
			this.prompts.clear();
			this.always = null;
		}
	}

	private Function<Prompt, Flux<ChatResponse>> next(Prompt prompt) {
		Function<Prompt, Flux<ChatResponse>> line;
		int asked;
		synchronized (this.script) {
			this.prompts.add(prompt);
			asked = this.prompts.size();
			line = nextLine();
		}
		if (line == null && this.fallback != null) {
			line = this.fallback.pollFor(prompt);
		}
		if (line == null) {
			throw new AssertionError(this.who + " has no answer left for call " + asked + ": \"" + question(prompt)
					+ "\"; add one with replies(...), streams(...), callsTool(...) or fails(...)");
		}
		return line;
	}

	private @Nullable Function<Prompt, Flux<ChatResponse>> pollFor(Prompt prompt) {
		synchronized (this.script) {
			this.prompts.add(prompt);
			return nextLine();
		}
	}

	private @Nullable Function<Prompt, Flux<ChatResponse>> nextLine() {
		Function<Prompt, Flux<ChatResponse>> line = this.script.poll();
		return (line != null) ? line : this.always;
	}

	private static String question(Prompt prompt) {
		String text = prompt.getLastUserOrToolResponseMessage().getText();
		return (text != null) ? text : "";
	}

	private static ChatResponse text(String text, ChatGenerationMetadata end) {
		return response(new AssistantMessage(text), end);
	}

	private static ChatResponse response(AssistantMessage message, ChatGenerationMetadata end) {
		return new ChatResponse(List.of(new Generation(message, end)),
				ChatResponseMetadata.builder()
					.model(MODEL)
					.usage(new DefaultUsage(INPUT_TOKENS, OUTPUT_TOKENS))
					.build());
	}

}
