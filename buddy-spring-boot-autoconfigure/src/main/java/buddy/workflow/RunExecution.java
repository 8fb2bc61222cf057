package buddy.workflow;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.Json;
import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.EventHeader;
import buddy.run.Message;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunEventListener;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;
import buddy.run.RunStatus;
import buddy.session.NewRun;
import buddy.session.OpenedSession;
import buddy.session.SessionAccess;
import buddy.session.SessionState;
import buddy.session.WorkflowSessionRepository;
import buddy.workflow.WorkflowRunner.Body;

/**
 * One run from its begin to its one end.
 */
final class RunExecution implements RunContext {

	private static final Logger logger = LoggerFactory.getLogger(RunExecution.class);

	private final RunRequest request;

	private final NewRun run;

	private final OpenedSession opened;

	private final WorkflowSessionRepository repository;

	private final Clock clock;

	private final List<RunEventListener> listeners;

	private final Cancellation cancellation = new Cancellation();

	private final AgentRecord agents = new AgentRecord();

	private final StreamContent stream;

	private final List<RunResponseEvent> emitted = new ArrayList<>();

	private final EventHeader header;

	private volatile boolean streamsEvents;

	private volatile RunStatus status = RunStatus.RUNNING;

	private @Nullable SessionState state;

	RunExecution(RunRequest request, NewRun run, OpenedSession opened, WorkflowSessionRepository repository,
			Clock clock, List<RunEventListener> listeners) {
		this.request = request;
		this.stream = new StreamContent(request.limits().content());
		this.run = run;
		this.opened = opened;
		this.repository = repository;
		this.clock = clock;
		this.listeners = listeners;
		this.header = EventHeader.NONE.stamped(run.runId(), run.sessionId(), run.workflowId(), run.createdAt() / 1000);
	}

	/** Tells the listeners, and opens the state where it differs from the stored one. */
	RunExecution begin() {
		log("begins");
		publish(started());
		try {
			if (!this.request.sessionState().isEmpty() || this.opened.session().state() == null) {
				sessionState();
			}
		}
		catch (RuntimeException ex) {
			failed(ex);
			throw ex;
		}
		return this;
	}

	/**
	 * Calls code of the user's with this run bound to the thread and no scope around it.
	 */
	@Nullable Object inContext(Body code) throws Throwable {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			return code.call();
		}
	}

	/** The same for closing, whose failure must not change how the run ends. */
	void closeInContext(AutoCloseable source) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			source.close();
		}
		catch (Exception ex) {
			logger.warn("The stream of run '{}' of workflow '{}' failed to close", runId(), workflowId(), ex);
		}
	}

	RunResponseEvent started() {
		return new WorkflowStarted(this.header);
	}

	RunStatus status() {
		return this.status;
	}

	/** Ends the run well; hands back what the caller gets. */
	@Nullable Object completed(@Nullable Object result) {
		RunResponse response = (result instanceof RunResponse given) ? given : RunResponse.of(result);
		RunResponse stamped = stamp(response, RunStatus.COMPLETED);
		end(RunStatus.COMPLETED, stamped, null);
		return (result instanceof RunResponse) ? stamped : result;
	}

	/** Ends a streamed run well, with what it said. */
	void completedStream() {
		end(RunStatus.COMPLETED, stamp(streamed(), RunStatus.COMPLETED), null);
	}

	/** The last event of a streamed run that ended well. */
	RunResponseEvent completion() {
		RunResponse response = streamed();
		return new WorkflowCompleted(headerNow(), response.content(), response.contentType());
	}

	/**
	 * Ends the run with an exception; what goes wrong in storing that is told in it.
	 */
	void failed(Throwable cause) {
		boolean asked = cause instanceof RunCancelledException && this.cancellation.cancelled();
		RunStatus outcome = asked ? RunStatus.CANCELLED : RunStatus.ERROR;
		RunFailure failure = asked ? RunFailure.because("cancelled", String.valueOf(this.cancellation.reason()))
				: RunFailure.of(cause);
		endQuietly(outcome, failure, cause);
	}

	/** Ends the run because its caller wants no more of it. */
	void cancelled(String reason) {
		if (this.status != RunStatus.RUNNING) {
			return;
		}
		this.cancellation.cancel(reason);
		endQuietly(RunStatus.CANCELLED, RunFailure.because("cancelled", reason), null);
	}

	/** Takes an item of a streamed run; an event gets the run's ids. */
	@Nullable Object taken(@Nullable Object item) {
		this.stream.take(item);
		if (item instanceof RunResponseEvent event) {
			RunResponseEvent stamped = stamp(event);
			if (!(event instanceof WorkflowCompleted)) {
				publish(stamped);
			}
			return stamped;
		}
		return item;
	}

	/** From now on emitted events are kept for the caller's stream. */
	void streamEvents() {
		this.streamsEvents = true;
	}

	/** The events that the body emitted beside its stream since the last call. */
	List<RunResponseEvent> drainEmitted() {
		synchronized (this.emitted) {
			List<RunResponseEvent> drained = List.copyOf(this.emitted);
			this.emitted.clear();
			return drained;
		}
	}

	Workflow workflow() {
		return this.request.workflow();
	}

	synchronized SessionState sessionState() {
		if (this.state == null) {
			this.state = openState();
		}
		return this.state;
	}

	WorkflowMemory memory() {
		return new WorkflowMemory(this.repository, sessionId(), new SessionAccess(userId(), workflowId()),
				this.request.settings().memory());
	}

	@Nullable String sessionName() {
		return this.opened.session().sessionName();
	}

	Map<String, @Nullable Object> extraData() {
		String stored = this.opened.session().extraData();
		return (stored != null) ? Json.readMap(stored) : Map.of();
	}

	@Override
	public String runId() {
		return this.run.runId();
	}

	@Override
	public @Nullable RunContext parent() {
		return this.request.parent();
	}

	@Override
	public String workflowId() {
		return this.run.workflowId();
	}

	@Override
	public String sessionId() {
		return this.run.sessionId();
	}

	@Override
	public @Nullable String userId() {
		return this.run.userId();
	}

	@Override
	public Map<String, @Nullable Object> runInput() {
		return Json.readMap(this.run.input());
	}

	@Override
	public Cancellation cancellation() {
		return this.cancellation;
	}

	@Override
	public void emit(RunResponseEvent event) {
		RunResponseEvent stamped = stamp(event);
		if (this.streamsEvents) {
			synchronized (this.emitted) {
				this.emitted.add(stamped);
			}
		}
		publish(stamped);
	}

	@Override
	public void recordAgent(RunResponse response) {
		this.agents.add(response);
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		List<Message> history = new ArrayList<>();
		memory().messages(lastRuns)
			.stream()
			.filter((message) -> agentId.equals(message.additional().get("agent_id")))
			.forEach(history::add);
		history.addAll(this.agents.messagesOf(agentId));
		history.removeIf((message) -> message.role().equals("system"));
		return history;
	}

	private SessionState openState() {
		return SessionState.open(this.opened.session().state(), this.request.settings().sessionState(),
				this.request.sessionState(), this.request.limits().state());
	}

	private RunResponse streamed() {
		RunResponse response = RunResponse.of(this.stream.content());
		if (this.stream.dropped() == 0) {
			return response;
		}
		return response.toBuilder().extraData(Map.of("dropped_items", this.stream.dropped())).build();
	}

	private void endQuietly(RunStatus outcome, RunFailure failure, @Nullable Throwable cause) {
		try {
			end(outcome, stamp(streamed(), outcome), failure);
		}
		catch (RuntimeException | Error ex) {
			if (cause != null && cause != ex) {
				cause.addSuppressed(ex);
			}
			logger.error("Run '{}' of workflow '{}' ended as {}, but that was not stored in session '{}'", runId(),
					workflowId(), outcome, sessionId(), ex);
		}
	}

	/** The first end counts, and nothing after it. */
	private void end(RunStatus outcome, RunResponse response, @Nullable RunFailure failure) {
		if (!takeEnd(outcome)) {
			return;
		}
		try {
			String json = StoredResponse.json(this.agents.complete(response), this.request.limits().content());
			new RunRecorder(this.repository, this.clock).store(this.run, this.opened, outcome, json, failure,
					(outcome == RunStatus.COMPLETED) ? this.state : null);
		}
		catch (RuntimeException ex) {
			this.status = (outcome == RunStatus.COMPLETED) ? RunStatus.ERROR : outcome;
			publish(terminal(this.status, response, (failure != null) ? failure : RunFailure.of(ex)));
			throw ex;
		}
		log("ended as " + outcome);
		publish(terminal(outcome, response, failure));
	}

	private synchronized boolean takeEnd(RunStatus outcome) {
		boolean first = this.status == RunStatus.RUNNING;
		if (first) {
			this.status = outcome;
		}
		return first;
	}

	private RunResponse stamp(RunResponse response, RunStatus outcome) {
		RunResponse.Builder builder = response.toBuilder()
			.runId(runId())
			.sessionId(sessionId())
			.workflowId(workflowId())
			.status(outcome);
		if (response.createdAt() == null) {
			builder.createdAt(this.run.createdAt() / 1000);
		}
		return builder.build();
	}

	private RunResponseEvent stamp(RunResponseEvent event) {
		return event.withHeader(event.header().stamped(runId(), sessionId(), workflowId(), this.clock.millis() / 1000));
	}

	private EventHeader headerNow() {
		return EventHeader.NONE.stamped(runId(), sessionId(), workflowId(), this.clock.millis() / 1000);
	}

	private RunResponseEvent terminal(RunStatus outcome, RunResponse response, @Nullable RunFailure failure) {
		return switch (outcome) {
			case COMPLETED -> new WorkflowCompleted(headerNow(), response.content(), response.contentType());
			case CANCELLED -> new WorkflowCancelled(headerNow(), this.cancellation.reason());
			default -> new WorkflowError(headerNow(), (failure != null) ? failure.message() : null,
					(failure != null) ? failure.type() : null);
		};
	}

	private void publish(RunResponseEvent event) {
		for (RunEventListener listener : this.listeners) {
			try {
				listener.onEvent(this, event);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener failed on {} of run '{}'", event.event(), runId(), ex);
			}
		}
	}

	private void log(String what) {
		if (this.request.settings().debugMode()) {
			logger.info("Run '{}' of workflow '{}' in session '{}' {}", runId(), workflowId(), sessionId(), what);
		}
		else {
			logger.debug("Run '{}' of workflow '{}' in session '{}' {}", runId(), workflowId(), sessionId(), what);
		}
	}

}
