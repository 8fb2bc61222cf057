package buddy.agent;

import org.springframework.ai.chat.client.ChatClientMessageAggregator;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;

/**
 * Stands right before the model, inside the tool loop, and takes down each model call.
 */
final class ModelCallAdvisor implements CallAdvisor, StreamAdvisor {

	private final AgentCall call;

	ModelCallAdvisor(AgentCall call) {
		this.call = call;
	}

	@Override
	public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
		this.call.modelCallBegins();
		long start = System.nanoTime();
		ChatClientResponse response = this.call.whileModelAnswers(() -> chain.nextCall(request));
		this.call.modelCallEnded(request.prompt(), response.chatResponse(), secondsSince(start));
		return response;
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return Flux.defer(() -> {
			if (this.call.abandoned()) {
				return Flux.empty(); // nobody listens, an error would only be logged
			}
			this.call.modelCallBegins();
			long start = System.nanoTime();
			return new ChatClientMessageAggregator().aggregateChatClientResponse(chain.nextStream(request),
					(whole) -> this.call.modelCallEnded(request.prompt(), whole.chatResponse(), secondsSince(start)));
		});
	}

	@Override
	public String getName() {
		return "buddy model call";
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

	private static double secondsSince(long start) {
		return (System.nanoTime() - start) / 1e9;
	}

}
