package buddy.agent;

import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;

/**
 * Records each model call. It is the last advisor before the model, inside the tool loop.
 */
final class ModelCallAdvisor implements CallAdvisor, StreamAdvisor {

	private final AgentCall call;

	ModelCallAdvisor(AgentCall call) {
		this.call = call;
	}

	@Override
	public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
		ModelAnswer answer = this.call.modelCallBegins(request.prompt(), false);
		ChatClientResponse response = complete(this.call.whileModelAnswers(() -> chain.nextCall(request)));
		if (response.chatResponse() != null) {
			answer.add(response.chatResponse());
		}
		this.call.modelCallEnded(answer);
		this.call.publish(answer.text(), answer.reasoning());
		return response;
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return Flux.defer(() -> {
			if (this.call.abandoned()) {
				return Flux.empty(); // there is no subscriber for an error
			}
			ModelAnswer answer = this.call.modelCallBegins(request.prompt(), true);
			return chain.nextStream(request).map(ModelCallAdvisor::complete).doOnNext((response) -> {
				if (response.chatResponse() != null) {
					answer.add(response.chatResponse());
				}
			}).doOnComplete(() -> this.call.modelCallEnded(answer));
		});
	}

	private static ChatClientResponse complete(ChatClientResponse response) {
		ChatResponse given = response.chatResponse();
		ChatResponse whole = (given != null) ? ModelResponses.complete(given) : null;
		return (whole != given) ? response.mutate().chatResponse(whole).build() : response;
	}

	@Override
	public String getName() {
		return "buddy model call";
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
