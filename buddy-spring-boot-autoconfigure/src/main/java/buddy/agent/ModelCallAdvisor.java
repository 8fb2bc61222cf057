package buddy.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.durable.JournaledStep;

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
		ModelCallGuard.Permit permit = this.call.requestModel(true);
		ModelAnswer answer = this.call.modelCallBegins(request.prompt(), false);
		JournaledStep<ChatResponse> step = ModelStep.next(request.prompt(), answer, this.call.context());
		if (step == null) {
			return ask(request, chain, answer, permit);
		}
		AtomicReference<@Nullable ChatClientResponse> given = new AtomicReference<>();
		ChatResponse recorded = step.call(() -> {
			ChatClientResponse response = ask(request, chain, answer, permit);
			given.set(response);
			return Objects.requireNonNullElseGet(response.chatResponse(), () -> new ChatResponse(List.of()));
		});
		ChatClientResponse response = given.get();
		if (response == null) {
			answer.add(recorded);
			this.call.modelCallEnded(answer);
			response = new ChatClientResponse(recorded, new HashMap<>(request.context()));
		}
		return response;
	}

	private ChatClientResponse ask(ChatClientRequest request, CallAdvisorChain chain, ModelAnswer answer,
			ModelCallGuard.@Nullable Permit permit) {
		ChatClientResponse response = complete(this.call.whileModelAnswers(() -> chain.nextCall(request)));
		if (response.chatResponse() != null) {
			answer.add(response.chatResponse());
		}
		this.call.modelUsed(permit, answer);
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
			ModelCallGuard.Permit permit = this.call.requestModel(false);
			ModelAnswer answer = this.call.modelCallBegins(request.prompt(), true);
			Flux<ChatClientResponse> pieces = chain.nextStream(request)
				.map(ModelCallAdvisor::complete)
				.doOnNext((response) -> {
					if (response.chatResponse() != null) {
						answer.add(response.chatResponse());
					}
				});
			return counted(pieces, permit, answer).doOnComplete(() -> this.call.modelCallEnded(answer));
		});
	}

	/**
	 * Tells what a stream has used when it ends, however it ends. The end waits for that,
	 * on another thread: those of a model's client must not wait for the database.
	 */
	private Flux<ChatClientResponse> counted(Flux<ChatClientResponse> pieces, ModelCallGuard.@Nullable Permit permit,
			ModelAnswer answer) {
		if (permit == null) {
			return pieces;
		}
		AtomicBoolean told = new AtomicBoolean();
		Runnable tell = () -> {
			if (told.compareAndSet(false, true)) {
				this.call.modelUsed(permit, answer);
			}
		};
		Mono<ChatClientResponse> end = Mono.<ChatClientResponse>fromRunnable(tell)
			.subscribeOn(Schedulers.fromExecutor(ModelWait.THREADS));
		return pieces.concatWith(end)
			.doOnError((failure) -> ModelWait.THREADS.execute(tell))
			.doOnCancel(() -> ModelWait.THREADS.execute(tell));
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
