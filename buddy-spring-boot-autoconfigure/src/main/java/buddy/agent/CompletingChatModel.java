package buddy.agent;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A chat model that fills in missing values of responses. The client aggregates the
 * chunks of a stream before an advisor sees them, and fails on numbers that are null.
 *
 * @param model the chat model that is called
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
