package buddy.agent;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.model.Generation;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.FluxSink;
import reactor.util.context.Context;

import buddy.json.internal.WholeCharacters;
import buddy.run.Interception;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;

/**
 * Converts the chunks of one streamed call to events.
 *
 * <p>
 * Chunks are requested as events are requested. Tool events are emitted when they happen,
 * so the sink buffers no more than these.
 */
final class AgentStream extends BaseSubscriber<ChatClientResponse> {

	private final FluxSink<RunResponseEvent> sink;

	private final @Nullable RunContext run;

	private final AgentCall call;

	private final AgentStep step;

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile Context context;

	private final WholeCharacters text = new WholeCharacters();

	private final WholeCharacters reasoningText = new WholeCharacters();

	private ReasoningText reasoning = new ReasoningText();

	private @Nullable Object modelCall;

	AgentStream(FluxSink<RunResponseEvent> sink, @Nullable RunContext run, AgentCall call, AgentStep step) {
		this.sink = sink;
		this.run = run;
		this.context = Context.empty();
		this.call = call;
		this.step = step;
	}

	void start() {
		try {
			this.call.starting((key) -> this.sink.contextView().getOrDefault(key, null));
		}
		catch (RuntimeException ex) {
			fail(ex);
			return;
		}
		this.context = Context.of(this.sink.contextView()).putAllMap(this.call.contextValues());
		stopWithRun();
		if (this.ended.get()) {
			return;
		}
		try (Interception.Entry entry = this.call.enter()) {
			this.sink.next(this.call.started());
			this.call.stream().subscribe(this);
		}
		catch (RuntimeException ex) {
			fail(ex);
		}
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		this.sink.onRequest(this::request);
	}

	@Override
	protected void hookOnNext(ChatClientResponse response) {
		this.call.interruptGuard().during(() -> emit(response));
	}

	@Override
	protected void hookOnComplete() {
		finish(() -> this.call.interruptGuard().during(this::complete));
	}

	@Override
	protected void hookOnError(Throwable failure) {
		finish(() -> fail(failure));
	}

	/** The threads of a model's client must not wait for the database. */
	private void finish(Runnable end) {
		if (this.step.isRecorded()) {
			ModelWait.THREADS.execute(end);
		}
		else {
			end.run();
		}
	}

	private void emit(ChatClientResponse response) {
		if (this.ended.get() || this.call.abandoned()) {
			return;
		}
		RunResponseContent piece = piece(response);
		if (piece != null) {
			this.sink.next(piece);
		}
		else {
			request(1);
		}
	}

	private void complete() {
		RunResponse response;
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this.run)) {
			response = this.call.completeStreamed();
			response = this.step.record(this.call, response);
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
			return;
		}
		if (this.ended.compareAndSet(false, true)) {
			this.call.ended(response, null);
			this.sink.next(AgentEvents.completed(this.call.header(), response));
			this.sink.complete();
		}
	}

	/**
	 * Fails the stream when the run is asked to stop; immediately if it was asked
	 * already.
	 */
	private void stopWithRun() {
		RunContext around = this.run;
		Runnable forget = (around != null) ? around.cancellation().onCancel(() -> fail(ChatAgent.cancelled(around)))
				: () -> {
				};
		this.sink.onDispose(() -> {
			forget.run();
			stop();
		});
	}

	/**
	 * Stops the model call on a separate thread: some clients cannot close a connection
	 * before their reading thread releases it, and neither the caller nor a pool thread
	 * should wait for that.
	 */
	private void stop() {
		this.call.abandon();
		if (!this.ended.get()) {
			this.call.failed(new CancellationException("The subscriber cancelled"));
		}
		if (!isDisposed()) {
			this.call.interruptGuard().runAfterWork(() -> ModelWait.THREADS.execute(this::cancel));
		}
	}

	private void fail(Throwable failure) {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		RunResponseEvent event = this.call.failed(failure);
		Throwable told = recorded(failure);
		stop();
		this.sink.next(event);
		this.sink.error(told);
	}

	/** Records a failure, and returns it or what stops the run instead. */
	private Throwable recorded(Throwable failure) {
		try {
			this.step.failed(this.call, failure);
			return failure;
		}
		catch (RuntimeException | Error ex) {
			return ex;
		}
	}

	private @Nullable RunResponseContent piece(ChatClientResponse response) {
		if (response.chatResponse() == null) {
			return null;
		}
		Object now = this.call.modelCall();
		if (now != this.modelCall) {
			this.modelCall = now;
			this.reasoning = new ReasoningText();
		}
		Generation answer = ModelResponses.answer(response.chatResponse());
		String said = (answer != null) ? ModelResponses.text(answer.getOutput()) : "";
		StringBuilder reasoned = new StringBuilder();
		for (Generation generation : response.chatResponse().getResults()) {
			boolean more = !said.isEmpty() || ModelResponses.finishReason(generation) != null;
			reasoned.append(this.reasoning.take(generation.getOutput(), more));
		}
		this.call.streamed(said);
		String text = this.text.take(said);
		String thought = this.reasoningText.take(reasoned);
		return (text.isEmpty() && thought.isEmpty()) ? null : new RunResponseContent(this.call.header(),
				text.isEmpty() ? null : text, text.isEmpty() ? null : "str", thought.isEmpty() ? null : thought);
	}

}
