package sample.offline;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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
import reactor.core.publisher.Flux;

/**
 * A chat model that understands nothing and needs nothing: it answers by full-text search
 * in the documents bundled with the sample, and says so. The same prompt always gets the
 * same answer. Tools, media and options are ignored. Tokens are counted as words, which
 * is an approximation.
 */
final class OfflineChatModel implements ChatModel {

	static final String NAME = "offline-search";

	private static final ChatGenerationMetadata STOP = ChatGenerationMetadata.builder().finishReason("stop").build();

	private final List<Skill> skills;

	OfflineChatModel(PassageIndex index) {
		Quotation quotation = new Quotation(index);
		Improvement improvement = new Improvement(index);
		Classification classification = new Classification(index);
		Scoring scoring = new Scoring(index);
		this.skills = List.of(new SchemaAnswer(quotation, improvement, classification, scoring), classification,
				scoring, improvement, quotation);
	}

	@Override
	public ChatResponse call(Prompt prompt) {
		String answer = answer(prompt);
		return new ChatResponse(List.of(new Generation(new AssistantMessage(answer), STOP)), metadata(prompt, answer));
	}

	/**
	 * Emits the answer word by word and then, as providers do, an empty chunk with usage
	 * and finish reason.
	 */
	@Override
	public Flux<ChatResponse> stream(Prompt prompt) {
		return Flux.defer(() -> {
			String answer = answer(prompt);
			ChatResponseMetadata started = ChatResponseMetadata.builder().model(NAME).build();
			Flux<ChatResponse> words = Flux.fromArray(answer.split("(?<=\\s)(?=\\S)"))
				.map((word) -> new ChatResponse(List.of(new Generation(new AssistantMessage(word))), started));
			return words.concatWithValues(new ChatResponse(List.of(new Generation(new AssistantMessage(""), STOP)),
					metadata(prompt, answer)));
		});
	}

	@Override
	public ChatOptions getOptions() {
		return ChatOptions.builder().model(NAME).build();
	}

	private String answer(Prompt prompt) {
		Request request = Request.of(prompt);
		Stream<@Nullable String> answers = this.skills.stream().map((skill) -> skill.answer(request));
		return answers.filter(Objects::nonNull).findFirst().orElseThrow();
	}

	private static ChatResponseMetadata metadata(Prompt prompt, String answer) {
		return ChatResponseMetadata.builder()
			.model(NAME)
			.usage(new DefaultUsage(words(prompt.getContents()), words(answer)))
			.build();
	}

	private static int words(String text) {
		return text.isBlank() ? 0 : text.strip().split("\\s+").length;
	}

}
