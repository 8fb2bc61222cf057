package buddy.agent;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/**
 * Gives scripted answers, one per model call, and keeps the prompts.
 */
final class ScriptedChatModel implements ChatModel {

	final List<Prompt> prompts = new CopyOnWriteArrayList<>();

	private final Deque<Function<Prompt, Flux<ChatResponse>>> script = new ArrayDeque<>();

	ScriptedChatModel thenText(String... chunks) {
		return then((prompt) -> Flux.fromStream(Arrays.stream(chunks).map(ScriptedChatModel::text)));
	}

	ScriptedChatModel thenToolCall(String id, String name, String arguments) {
		return then((prompt) -> Flux.just(toolCall(id, name, arguments)));
	}

	ScriptedChatModel thenFail(RuntimeException failure) {
		return then((prompt) -> Flux.error(failure));
	}

	ScriptedChatModel then(Function<Prompt, Flux<ChatResponse>> answer) {
		this.script.add(answer);
		return this;
	}

	@Override
	public ChatOptions getOptions() {
		return ToolCallingChatOptions.builder().model("scripted-1").build();
	}

	@Override
	public ChatResponse call(Prompt prompt) {
		List<ChatResponse> chunks = stream(prompt).collectList().block();
		if (chunks.size() == 1) {
			return chunks.get(0);
		}
		StringBuilder whole = new StringBuilder();
		chunks.forEach((chunk) -> whole.append(chunk.getResult().getOutput().getText()));
		return text(whole.toString());
	}

	@Override
	public Flux<ChatResponse> stream(Prompt prompt) {
		this.prompts.add(prompt);
		return this.script.remove().apply(prompt);
	}

	static ChatResponse text(String text) {
		return response(new AssistantMessage(text));
	}

	static ChatResponse toolCall(String id, String name, String arguments) {
		return response(AssistantMessage.builder()
			.content("")
			.toolCalls(List.of(new AssistantMessage.ToolCall(id, "function", name, arguments)))
			.build());
	}

	private static ChatResponse response(AssistantMessage message) {
		return new ChatResponse(List.of(new Generation(message)),
				ChatResponseMetadata.builder().model("scripted-1").usage(new DefaultUsage(11, 7)).build());
	}

}
