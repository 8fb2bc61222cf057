package buddy.agent;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A chat model whose responses have no gaps: the client adds the chunks of a stream up
 * before an advisor sees them, and fails on numbers that are null.
 *
 * @param model gives the responses
 */
record CompletingChatModel(ChatModel model) implements ChatModel {

	@Override
	public ChatResponse call(Prompt prompt) {
		ChatResponse response = this.model.call(prompt);
		return (response != null) ? ModelResponses.complete(response) : response;
	}

	@Override
	public Flux<ChatResponse> stream(Prompt prompt) {
		return this.model.stream(prompt).map(ModelResponses::complete);
	}

	@Override
	public ChatOptions getOptions() {
		return this.model.getOptions();
	}

}
