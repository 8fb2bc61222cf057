package buddy.agent;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient.ChatClientRequestSpec;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.execution.ToolExecutionException;
import reactor.core.publisher.Flux;

import buddy.run.EventHeader;
import buddy.run.Interception;
import buddy.run.Interceptions;
import buddy.run.Payloads;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;

/**
 * One call of an agent: as many model calls as its tools need.
 */
final class AgentCall {

	private final AgentDefinition agent;

	private final Supplier<BoundModel> model;

	private final String prompt;

	private final @Nullable RunContext context;

	private final Clock clock;

	private final Consumer<RunResponseEvent> events;

	private final CallRecord record;

	private final QuietMoment quiet = new QuietMoment();

	private final StringBuffer streamedAnswer = new StringBuffer();

	private final long createdAt;

	private final List<AgentInterceptor> interceptors;

	private final AtomicBoolean told = new AtomicBoolean();

	private volatile @Nullable Interceptions<AgentInterception> interception;

	private volatile boolean abandoned;

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
		this.createdAt = clock.instant().getEpochSecond();
	}

	RunResponse run() {
		check();
		starting((key) -> null);
		try (Interception.Entry entry = enter()) {
			RunResponse response = ask();
			ended(response, null);
			return response;
		}
		catch (Throwable ex) {
			ended(null, ex);
			throw ex;
		}
	}

	private RunResponse ask() {
		ChatResponse response = request().call().chatResponse();
		Generation result = (response != null) ? response.getResult() : null;
		return complete((result != null) ? result.getOutput().getText() : null);
	}

	/** Tells those who stand around calls that this one starts. */
	void starting(Function<String, @Nullable Object> contextOfSubscriber) {
		if (this.interceptors.isEmpty()) {
			return;
		}
		BoundModel bound = this.model.get();
		AgentStart start = new AgentStart(this.agent.id(), this.agent.name(), bound.model(), bound.provider(),
				payloads().prompt(this.prompt), this.context, contextOfSubscriber);
		this.interception = Interceptions.start(this.interceptors, (interceptor) -> interceptor.starting(start));
	}

	/** Tells them how it ended, once. */
	void ended(@Nullable RunResponse response, @Nullable Throwable failure) {
		Interceptions<AgentInterception> around = this.interception;
		if (around != null && this.told.compareAndSet(false, true)) {
			RunResponse shown = (response != null) ? payloads().response(response) : null;
			Throwable told = payloads().thrown(failure);
			around.tell((one) -> one.ended(shown, told));
		}
	}

	/** Those who observe the call see no more than is recorded of its run. */
	private Payloads payloads() {
		return (this.context != null) ? this.context.payloads() : Payloads.UNFILTERED;
	}

	/** Comes onto the calling thread, which must see the run already. */
	Interception.Entry enter() {
		Interceptions<AgentInterception> around = this.interception;
		return (around != null) ? around.enter() : Interception.Entry.NONE;
	}

	/** What belongs into the Reactor context of the call. */
	Map<String, Object> contextValues() {
		Interceptions<AgentInterception> around = this.interception;
		return (around != null) ? around.contextValues() : Map.of();
	}

	Flux<ChatClientResponse> stream() {
		check();
		return request().stream().chatClientResponse();
	}

	/** The answer's text so far; what came before a tool call is none of it. */
	void streamed(String piece) {
		this.streamedAnswer.append(piece);
	}

	RunResponse completeStreamed() {
		return complete(this.streamedAnswer.toString());
	}

	/** Lets no further model or tool call begin, and nothing be recorded. */
	void abandon() {
		this.abandoned = true;
	}

	boolean abandoned() {
		return this.abandoned;
	}

	RunStarted started() {
		BoundModel bound = this.model.get();
		return new RunStarted(header(), bound.model(), bound.provider());
	}

	EventHeader header() {
		long now = this.clock.instant().getEpochSecond();
		EventHeader header = EventHeader.ofAgent(this.agent.id(), this.agent.name(), now);
		return (this.context != null)
				? header.stamped(this.context.runId(), this.context.sessionId(), this.context.workflowId(), now)
				: header;
	}

	QuietMoment quiet() {
		return this.quiet;
	}

	AgentDefinition agent() {
		return this.agent;
	}

	void modelCallBegins() {
		check();
		this.streamedAnswer.setLength(0);
	}

	/**
	 * Waits for the model's answer, no longer than until the run is asked to stop.
	 */
	<T> T whileModelAnswers(Supplier<T> modelCall) {
		return (this.context != null) ? new ModelWait<>(this.context, modelCall).get() : modelCall.get();
	}

	void modelCallEnded(Prompt request, @Nullable ChatResponse response, double seconds) {
		this.record.addModelCall(request, response, seconds);
	}

	String runTool(String name, String input, Supplier<String> body) {
		return this.quiet.during(() -> tool(name, input, body));
	}

	private String tool(String name, String input, Supplier<String> body) {
		check();
		this.streamedAnswer.setLength(0);
		ToolExecution execution = this.record.begin(name, input);
		this.events.accept(new ToolCallStarted(header(), execution));
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this.context);
				Interception.Entry entry = enter()) {
			String result = body.get();
			ended(execution, result, false);
			return result;
		}
		catch (RuntimeException ex) {
			ended(execution, (ex.getMessage() != null) ? ex.getMessage() : ex.toString(), true);
			// else the model would be told of it as if the tool had failed
			throw (ex instanceof ToolExecutionException && ex.getCause() instanceof RunCancelledException cancelled)
					? cancelled : ex;
		}
	}

	private void ended(ToolExecution begun, String result, boolean error) {
		ToolExecution execution = this.record.end(begun, result, error);
		this.events.accept(new ToolCallCompleted(header(), execution, result));
	}

	private RunResponse complete(@Nullable String answer) {
		check();
		AnswerFormat format = this.agent.answerFormat();
		Object content = (format != null) ? format.read(this.agent.name(), answer) : answer;
		BoundModel bound = this.model.get();
		RunResponse.Builder builder = RunResponse.builder()
			.content(content)
			.model((bound.model() != null) ? bound.model() : this.record.model())
			.modelProvider(bound.provider())
			.agentId(this.agent.id())
			.agentName(this.agent.name())
			.createdAt(this.createdAt)
			.status(RunStatus.COMPLETED);
		this.record.writeTo(builder);
		if (this.context == null) {
			return builder.build();
		}
		RunResponse response = builder.runId(this.context.runId())
			.sessionId(this.context.sessionId())
			.workflowId(this.context.workflowId())
			.build();
		this.context.recordAgent(response);
		return response;
	}

	private void check() {
		if (this.context != null) {
			this.context.cancellation().check(this.context.runId());
		}
		if (this.abandoned) {
			throw new CancellationException("The call of agent '" + this.agent.name() + "' was cancelled");
		}
	}

	private ChatClientRequestSpec request() {
		ChatClientRequestSpec request = this.model.get()
			.client()
			.prompt()
			.messages(messages())
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
