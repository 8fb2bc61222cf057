package buddy.agent;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient.ChatClientRequestSpec;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import reactor.core.publisher.Flux;

import buddy.durable.JournaledStep;
import buddy.run.EventHeader;
import buddy.run.Interception;
import buddy.run.Payloads;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCancelled;
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;
import buddy.run.internal.Interceptions;

/**
 * One call of an agent, with all model calls that its tools require.
 */
final class AgentCall {

	private final AgentDefinition agent;

	private final Supplier<BoundModel> model;

	private final String prompt;

	private final @Nullable RunContext context;

	private final Clock clock;

	private final Consumer<RunResponseEvent> events;

	private final CallRecord record;

	private final InterruptGuard interruptGuard = new InterruptGuard();

	private final StringBuffer streamedAnswer = new StringBuffer();

	private final Instant createdAt;

	private final List<AgentInterceptor> interceptors;

	private final AtomicBoolean endReported = new AtomicBoolean();

	private final AtomicBoolean recorded = new AtomicBoolean();

	private volatile Consumer<RunResponse> recorder = (response) -> {
	};

	private List<Message> question = List.of();

	private volatile @Nullable Interceptions<AgentInterception> interception;

	private volatile boolean abandoned;

	private volatile BooleanSupplier abandonedBy = () -> false;

	private CallGuards guards = CallGuards.NONE;

	private volatile @Nullable String answer;

	private volatile @Nullable RunResponse outcome;

	AgentCall(AgentDefinition agent, Supplier<BoundModel> model, String prompt, @Nullable RunContext context,
			Clock clock, Consumer<RunResponseEvent> events, List<AgentInterceptor> interceptors) {
		this.agent = agent;
		this.model = model;
		this.prompt = prompt;
		this.context = context;
		this.clock = clock;
		this.events = events;
		this.interceptors = interceptors;
		this.record = new CallRecord(agent);
		this.createdAt = clock.instant();
	}

	RunResponse run() {
		check();
		starting((key) -> null);
		try (Interception.Entry entry = enter()) {
			this.events.accept(started());
			RunResponse response = ask();
			ended(response, null);
			this.events.accept(AgentEvents.completed(header(), response));
			return response;
		}
		catch (Throwable ex) {
			this.events.accept(failed(ex));
			throw ex;
		}
	}

	private RunResponse ask() {
		begin();
		List<Message> messages = this.question;
		while (true) {
			Generation result = ModelResponses.answer(request(messages).call().chatResponse());
			String answer = (result != null) ? ModelResponses.text(result.getOutput()) : null;
			if (answer != null && !answer.equals(this.record.lastText())) {
				publish(answer, ""); // from a tool with returnDirect
			}
			List<Message> again = askedAgain(answer);
			if (again == null) {
				return complete(answer);
			}
			messages = again;
		}
	}

	/**
	 * Registers the call with its run, whose record includes it even if the run ends
	 * first.
	 */
	private void begin() {
		if (this.context != null) {
			this.recorder = this.context.trackAgent(this::progress);
		}
		this.question = messages();
	}

	/**
	 * Returns the messages of a retry if the answer does not fit its type and another
	 * attempt may help, or {@code null}.
	 */
	private @Nullable List<Message> askedAgain(@Nullable String answer) {
		AnswerFormat format = this.agent.answerFormat();
		String finishReason = this.record.finishReason();
		if (format == null || this.record.retries() >= this.agent.answerRetries()
				|| FinishReasons.isFinal(finishReason)) {
			return null;
		}
		try {
			format.read(this.agent.name(), answer, finishReason);
			return null;
		}
		catch (AgentAnswerException ex) {
			check();
			this.record.retry();
			List<Message> messages = new ArrayList<>(this.question);
			if (answer != null && !answer.isBlank()) {
				messages.add(new AssistantMessage(answer));
				messages.add(new UserMessage(format.correction(ex)));
			}
			return messages;
		}
	}

	/** Notifies the interceptors that the call starts. */
	void starting(Function<String, @Nullable Object> contextOfSubscriber) {
		if (this.interceptors.isEmpty()) {
			return;
		}
		BoundModel bound = this.model.get();
		AgentStart start = new AgentStart(this.agent.id(), this.agent.name(), bound.model(), bound.provider(),
				payloads().prompt(this.prompt), this.context, contextOfSubscriber);
		this.interception = Interceptions.start(this.interceptors, (interceptor) -> interceptor.starting(start));
	}

	/** Notifies the interceptors of the end of the call, once. */
	void ended(@Nullable RunResponse response, @Nullable Throwable failure) {
		Interceptions<AgentInterception> around = this.interception;
		if (around != null && this.endReported.compareAndSet(false, true)) {
			RunResponse shown = (response != null) ? payloads().response(response) : null;
			Throwable thrown = payloads().thrown(failure);
			around.tell((one) -> one.ended(shown, thrown));
		}
	}

	/** Returns the payload filters of the run: interceptors see only what is recorded. */
	private Payloads payloads() {
		return (this.context != null) ? this.context.payloads() : Payloads.UNFILTERED;
	}

	/**
	 * Enters the interceptions on the calling thread, to which the run must be bound
	 * already.
	 */
	Interception.Entry enter() {
		Interceptions<AgentInterception> around = this.interception;
		return (around != null) ? around.enter() : Interception.Entry.NONE;
	}

	/** Returns the values to add to the Reactor context of the call. */
	Map<String, Object> contextValues() {
		Interceptions<AgentInterception> around = this.interception;
		return (around != null) ? around.contextValues() : Map.of();
	}

	Flux<ChatClientResponse> stream() {
		check();
		begin();
		return stream(this.question);
	}

	private Flux<ChatClientResponse> stream(List<Message> messages) {
		Flux<ChatClientResponse> answer = request(messages).stream().chatClientResponse();
		return (this.agent.answerFormat() != null) ? answer.concatWith(Flux.defer(this::streamAgain)) : answer;
	}

	private Flux<ChatClientResponse> streamAgain() {
		if (abandoned()) {
			return Flux.empty();
		}
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this.context)) {
			List<Message> again = askedAgain(this.streamedAnswer.toString());
			return (again != null) ? stream(again) : Flux.empty();
		}
	}

	/** Appends to the text of the answer, which starts anew after each tool call. */
	void streamed(String piece) {
		this.streamedAnswer.append(piece);
	}

	RunResponse completeStreamed() {
		return complete(this.streamedAnswer.toString());
	}

	/** Prevents further model and tool calls. */
	void abandon() {
		this.abandoned = true;
	}

	/** Prevents further model and tool calls as soon as the caller has gone. */
	AgentCall abandonedBy(BooleanSupplier caller) {
		this.abandonedBy = caller;
		return this;
	}

	/** Sets what decides about the calls of the model and of tools. */
	AgentCall guardedBy(CallGuards decide) {
		this.guards = decide;
		return this;
	}

	/**
	 * Asks whether a request to the model may be made.
	 * @param waits whether the run may wait here
	 * @return what is told the use of the request, or {@code null} if nobody counts
	 */
	ModelCallGuard.@Nullable Permit requestModel(boolean waits) {
		ModelCallGuard decides = this.guards.model();
		if (decides == null) {
			return null;
		}
		check();
		return decides.request(this.context, waits);
	}

	/** Tells what a request to the model has used. */
	void modelUsed(ModelCallGuard.@Nullable Permit permit, ModelAnswer answer) {
		if (permit != null) {
			String model = answer.model();
			permit.used(new ModelUsage((model != null) ? model : this.model.get().model(), answer.inputTokens(),
					answer.outputTokens(), answer.totalTokens()));
		}
	}

	boolean abandoned() {
		return this.abandoned || this.abandonedBy.getAsBoolean();
	}

	/** Returns the part of the run that the call belongs to. */
	@Nullable RunContext context() {
		return this.context;
	}

	/** Returns the answer as the model gave it, once the call has completed. */
	@Nullable String answer() {
		return this.answer;
	}

	/** Returns what the run's record has of the call, also if it failed. */
	@Nullable RunResponse outcome() {
		return this.outcome;
	}

	RunStarted started() {
		BoundModel bound = this.model.get();
		return new RunStarted(header(), bound.model(), bound.provider());
	}

	EventHeader header() {
		Instant now = this.clock.instant();
		EventHeader header = EventHeader.ofAgent(this.agent.id(), this.agent.name(), now);
		return (this.context != null) ? header.stamped(this.context.key(), now) : header;
	}

	/** Returns an identity of the current or latest model call. */
	@Nullable Object modelCall() {
		return this.record.current();
	}

	InterruptGuard interruptGuard() {
		return this.interruptGuard;
	}

	AgentDefinition agent() {
		return this.agent;
	}

	/**
	 * Records the start of a model call.
	 * @return the answer, to which the response is added as it arrives
	 */
	ModelAnswer modelCallBegins(Prompt request, boolean streamed) {
		check();
		this.streamedAnswer.setLength(0);
		return this.record.modelCallBegins(request, streamed);
	}

	/**
	 * Waits for the model's answer, or until the run is asked to stop.
	 */
	<T> T whileModelAnswers(Supplier<T> modelCall) {
		return (this.context != null) ? new ModelWait<>(this.context, modelCall).get() : modelCall.get();
	}

	void modelCallEnded(ModelAnswer answer) {
		this.record.modelCallEnded(answer);
	}

	/** Publishes an answer that came in one piece, as for a streamed one. */
	void publish(String text, String reasoning) {
		if (!text.isEmpty() || !reasoning.isEmpty()) {
			this.events.accept(new RunResponseContent(header(), text.isEmpty() ? null : text,
					text.isEmpty() ? null : "str", reasoning.isEmpty() ? null : reasoning));
		}
	}

	String runTool(ToolDefinition tool, String input, Supplier<String> body) {
		return this.interruptGuard.during(() -> tool(tool, input, body));
	}

	private String tool(ToolDefinition tool, String input, Supplier<String> body) {
		check();
		this.streamedAnswer.setLength(0);
		ToolExecution execution = this.record.begin(tool.name(), input);
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this.context)) {
			JournaledStep<String> step = ToolStep.next(tool, input, this.context);
			return (step != null) ? step(step, execution, body) : execute(execution, body);
		}
	}

	/** Executes a tool, or hands back what an earlier execution of the run recorded. */
	private String step(JournaledStep<String> step, ToolExecution execution, Supplier<String> body) {
		AtomicBoolean executed = new AtomicBoolean();
		try {
			String result = step.call(() -> {
				executed.set(true);
				return StepJson.recordable(execute(execution, body));
			});
			if (!executed.get()) {
				this.record.end(execution, result, false);
			}
			return result;
		}
		catch (RuntimeException ex) {
			if (!executed.get()) {
				this.record.end(execution, message(ex), true);
			}
			throw ex;
		}
	}

	/** Calls a tool, unless the model is told something else. */
	private String execute(ToolExecution execution, Supplier<String> body) {
		String refusal = refusal(execution);
		return called(execution, (refusal != null) ? () -> refusal : body);
	}

	private @Nullable String refusal(ToolExecution execution) {
		try {
			return this.guards.refusal(this.agent.name(), execution, RunContext.current());
		}
		catch (RuntimeException ex) {
			this.record.end(execution, message(ex), true);
			throw ex;
		}
	}

	private String called(ToolExecution execution, Supplier<String> body) {
		this.events.accept(new ToolCallStarted(header(), execution));
		try (Interception.Entry entry = enter()) {
			String result = body.get();
			ended(execution, result, false);
			return result;
		}
		catch (Throwable ex) {
			ended(execution, message(ex), true);
			// else what stops the run would be reported to the model as a failed tool
			if (ex instanceof ToolExecutionException && ex.getCause() instanceof RunCancelledException cancelled) {
				throw cancelled;
			}
			if (ex instanceof ToolExecutionException && ex.getCause() instanceof Error error) {
				throw error;
			}
			throw ex;
		}
	}

	private static String message(Throwable failure) {
		return (failure.getMessage() != null) ? failure.getMessage() : failure.toString();
	}

	private void ended(ToolExecution begun, String result, boolean error) {
		ToolExecution execution = this.record.end(begun, result, error);
		this.events.accept(new ToolCallCompleted(header(), execution, result));
	}

	private RunResponse complete(@Nullable String answer) {
		check();
		AnswerFormat format = this.agent.answerFormat();
		this.answer = answer;
		Object content = (format != null) ? format.read(this.agent.name(), answer, this.record.finishReason()) : answer;
		RunResponse.Builder builder = response(RunStatus.COMPLETED).content(content);
		this.record.writeTo(builder);
		RunResponse response = builder.build();
		recorded(response);
		return response;
	}

	/**
	 * Records what this call did before it failed, and notifies the interceptors.
	 * @return the event for the failure
	 */
	RunResponseEvent failed(Throwable failure) {
		boolean cancelled = failure instanceof CancellationException || failure instanceof RunCancelledException;
		RunResponse done = done(cancelled ? RunStatus.CANCELLED : RunStatus.ERROR);
		if (done != null) {
			recorded(done);
		}
		ended(null, failure);
		return (failure instanceof RunCancelledException && this.context != null)
				? new RunCancelled(header(), this.context.cancellation().reason())
				: new RunError(header(), message(failure));
	}

	/** Returns what this call has done so far, for the case that its run ends first. */
	private @Nullable RunResponse progress() {
		return done(RunStatus.CANCELLED);
	}

	private @Nullable RunResponse done(RunStatus outcome) {
		if (this.record.isEmpty()) {
			return null;
		}
		RunResponse.Builder builder = response(outcome);
		this.record.writeTo(builder, (outcome == RunStatus.CANCELLED) ? ChatMessages.CANCELLED : "error");
		return builder.build();
	}

	private RunResponse.Builder response(RunStatus outcome) {
		BoundModel bound = this.model.get();
		RunResponse.Builder builder = RunResponse.builder()
			.model((bound.model() != null) ? bound.model() : this.record.model())
			.modelProvider(bound.provider())
			.agentId(this.agent.id())
			.agentName(this.agent.name())
			.createdAt(this.createdAt)
			.status(outcome);
		if (this.context != null) {
			builder.runId(this.context.runId())
				.sessionId(this.context.sessionId())
				.workflowId(this.context.workflowId());
		}
		return builder;
	}

	private void recorded(RunResponse response) {
		if (this.recorded.compareAndSet(false, true)) {
			this.outcome = response;
			this.recorder.accept(response);
		}
	}

	private void check() {
		if (this.context != null) {
			this.context.cancellation().check(this.context.runId());
		}
		if (abandoned()) {
			throw new CancellationException("The call of agent '" + this.agent.name() + "' was cancelled");
		}
	}

	private ChatClientRequestSpec request(List<Message> messages) {
		ChatClientRequestSpec request = this.model.get()
			.client()
			.prompt()
			.messages(messages)
			.advisors(new CallOptionsAdvisor(this), new ModelCallAdvisor(this));
		if (!this.agent.tools().isEmpty()) {
			request.tools(this.agent.tools().toArray());
		}
		if (this.context != null) {
			String conversation = this.context.sessionId() + ":" + this.agent.id();
			request.advisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, conversation));
		}
		return request;
	}

	private List<Message> messages() {
		List<Message> messages = new ArrayList<>();
		String system = this.agent.systemText();
		if (system != null) {
			messages.add(new SystemMessage(system));
		}
		if (this.context != null && this.agent.history() > 0) {
			messages.addAll(ChatMessages.toModel(this.context.history(this.agent.id(), this.agent.history())));
		}
		messages.add(new UserMessage(this.prompt));
		return messages;
	}

}
