package buddy.workflow.internal.execution;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.internal.Json;
import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.Interception;
import buddy.run.Message;
import buddy.run.Payloads;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunEnding;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionAccess;
import buddy.session.SessionBusyException;
import buddy.session.SessionState;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowRunContext;
import buddy.workflow.internal.live.EndGate;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.PulledStream;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.record.AgentRecord;
import buddy.workflow.internal.record.RunRecorder;
import buddy.workflow.internal.record.StoredResponse;
import buddy.workflow.internal.record.StreamContent;
import buddy.workflow.internal.record.UnrecordedEnd;
import buddy.workflow.internal.record.WithoutInterrupt;

/**
 * One run from its begin to its one end.
 */
public final class RunExecution implements WorkflowRunContext {

	private static final Logger logger = LoggerFactory.getLogger(RunExecution.class);

	private final LiveRun live;

	private final RunRequest request;

	private final NewRun run;

	private final OpenedSession opened;

	private final WorkflowSessionRepository repository;

	private final Clock clock;

	private final CancellationSource cancellation;

	private final RunEnvironment surroundings;

	private final AgentRecord agents = new AgentRecord();

	private final StreamContent stream;

	private final RunEvents events;

	/** Takes emitted events for the caller's stream, until it is full. */
	private volatile @Nullable Predicate<RunResponseEvent> emitted;

	private final EndGate gate;

	private @Nullable SessionState state;

	RunExecution(LiveRun live, OpenedSession opened, RunEnvironment surroundings) {
		this.live = live;
		this.gate = live.gate();
		this.request = live.request();
		this.run = live.run();
		this.repository = live.repository();
		this.cancellation = live.cancellation();
		this.stream = new StreamContent(this.request.limits().content());
		this.opened = opened;
		this.clock = surroundings.clock();
		this.surroundings = surroundings;
		this.events = new RunEvents(this, this.run.createdAt(), this.clock, surroundings.listeners(),
				RunLog.of(this.request.settings(), this.run));
	}

	/** Tells the listeners, and opens the state where it differs from the stored one. */
	RunExecution begin() {
		this.live.canEndWithoutBody(this::endWithoutBody);
		try {
			tellBegin();
			if (!this.request.sessionState().isEmpty() || this.opened.session().state() == null) {
				sessionState();
			}
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			throw ex;
		}
		return this;
	}

	private void tellBegin() {
		try {
			this.live.begun();
			this.events.publish(started());
		}
		finally {
			this.request.tell((ticket) -> ticket.begun(this.run));
		}
	}

	/**
	 * Calls code of the user's with this run bound to the thread and no scope around it.
	 */
	public @Nullable Object inContext(RunBody code) throws Throwable {
		if (this.surroundings.interrupt()) {
			try (Cancellation.Interruptible wait = this.cancellation.interruptible()) {
				return bound(code);
			}
		}
		return bound(code);
	}

	private @Nullable Object bound(RunBody code) throws Throwable {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			return code.call();
		}
	}

	/** The same for closing, whose failure must not change how the run ends. */
	public void closeInContext(AutoCloseable source) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(this)) {
			source.close();
		}
		catch (Exception ex) {
			logger.warn("The stream of run '{}' of workflow '{}' failed to close", runId(), workflowId(), ex);
		}
	}

	public RunResponseEvent started() {
		return this.events.started();
	}

	RunStatus status() {
		return this.gate.status();
	}

	/**
	 * Claims the end of this run for whoever calls; returns whether nobody else has.
	 */
	public boolean claimEnd() {
		return this.gate.claim();
	}

	/** Whether somebody has claimed the end. */
	public boolean isEnding() {
		return this.gate.isClaimed();
	}

	/**
	 * Ends the run well, unless it was asked to stop; hands back what the caller gets.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public @Nullable Object completed(@Nullable Object result) {
		RunResponse response = (result instanceof RunResponse given) ? given : RunResponse.of(result);
		requireNotCancelled(response);
		RunResponse stamped = stamp(response, RunStatus.COMPLETED);
		end(RunStatus.COMPLETED, stamped, null, null);
		return (result instanceof RunResponse) ? stamped : result;
	}

	/**
	 * Ends a streamed run well, with what it said, unless it was asked to stop.
	 * @throws RunCancelledException if it was asked to stop
	 */
	public void completedStream() {
		requireNotCancelled(this.stream.response());
		end(RunStatus.COMPLETED, stamp(this.stream.response(), RunStatus.COMPLETED), null, null);
	}

	/**
	 * Ends the run with an exception; what goes wrong in storing that is told in it.
	 */
	public void failed(Throwable cause) {
		boolean asked = !this.cancellation.close();
		endQuietly(asked ? RunStatus.CANCELLED : RunStatus.ERROR, this.stream.response(),
				asked ? RunFailure.of(this.cancellation, cause) : RunFailure.of(cause), cause);
	}

	/** Ends a run that could not begin, since its turn in its session did not come. */
	void gaveUpWaiting(Throwable cause) {
		RunFailure failure = RunFailure.of(cause);
		this.cancellation.close();
		endQuietly(
				RunStatus.ERROR, this.stream.response(), new RunFailure(failure.type(), failure.message(),
						failure.stackTrace(), (cause instanceof SessionBusyException) ? RunFailure.SESSION_BUSY : null),
				cause);
	}

	/** Ends the run because its caller wants no more of it. */
	public void cancelled(String reason) {
		if (this.gate.isPassed()) {
			return;
		}
		this.cancellation.cancel(reason);
		this.cancellation.close();
		endQuietly(RunStatus.CANCELLED, this.stream.response(), RunFailure.of(this.cancellation, null), null);
	}

	/** Ends a run that was asked to stop, while its code has not. */
	private void endWithoutBody() {
		if (claimEnd()) {
			this.cancellation.close();
			endQuietly(RunStatus.CANCELLED, this.stream.response(), RunFailure.of(this.cancellation, null), null);
		}
	}

	/** What a body that stopped at nothing gave is kept, but the run did not end well. */
	private void requireNotCancelled(RunResponse response) {
		if (!this.cancellation.close()) {
			RunCancelledException cancelled = this.cancellation.exception(runId());
			endQuietly(RunStatus.CANCELLED, response, RunFailure.of(this.cancellation, null), cancelled);
			throw cancelled;
		}
	}

	/** Takes an item of a streamed run; an event gets the run's ids. */
	public @Nullable Object taken(@Nullable Object item) {
		this.stream.take(item);
		if (item instanceof RunResponseEvent event) {
			RunResponseEvent stamped = this.events.stamped(event);
			if (!LifecycleEvents.frames(event)) {
				this.events.publish(stamped);
			}
			return stamped;
		}
		if (item instanceof CharSequence piece && this.events.areHeard()) {
			this.events.publishPiece(piece);
		}
		return item;
	}

	/**
	 * From now on emitted events go to the caller's stream too, as far as it has room.
	 */
	public void streamEvents(Predicate<RunResponseEvent> stream) {
		this.emitted = stream;
	}

	/** Tells who pulls the items of this run. */
	public void pulledBy(PulledStream caller) {
		this.live.pulledBy(caller);
	}

	/** What the caller of a run that was asked to stop gets. */
	public RunCancelledException cancelledException() {
		return this.cancellation.exception(runId());
	}

	/** The last event of a streamed run that has ended, for its caller. */
	public RunResponseEvent termination(@Nullable Throwable cause) {
		return this.events.terminal(status(), this.stream.response(), (cause != null) ? RunFailure.of(cause) : null);
	}

	public long now() {
		return this.clock.millis();
	}

	public LiveRun live() {
		return this.live;
	}

	@Override
	public boolean holds(String session) {
		return this.run.concurrency().isExclusive() && sessionId().equals(session);
	}

	/** Whether it is part of a transaction of its caller. */
	boolean joined() {
		return this.opened.joined();
	}

	@Override
	public <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body) {
		return new RunBranches<T, R>(name, this, joined(), around, items, body).run();
	}

	@Override
	public boolean isOf(Object workflow) {
		return this.request.workflow() == workflow;
	}

	@Override
	public synchronized SessionState sessionState() {
		if (this.state == null) {
			this.state = openState();
		}
		return this.state;
	}

	@Override
	public WorkflowMemory memory() {
		return new WorkflowMemory(this.repository, sessionId(), new SessionAccess(userId(), workflowId()),
				this.request.settings().memory());
	}

	@Override
	public @Nullable String sessionName() {
		return this.opened.session().sessionName();
	}

	@Override
	public Map<String, @Nullable Object> extraData() {
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
	public CancellationSource cancellation() {
		return this.cancellation;
	}

	@Override
	public @Nullable Interception interception() {
		return this.live.interception();
	}

	@Override
	public Payloads payloads() {
		return this.request.payloads();
	}

	@Override
	public boolean isRecorded() {
		return !this.gate.isPassed() && this.opened.recorded() && this.live.inMainStore();
	}

	@Override
	public void emit(RunResponseEvent event) {
		if (LifecycleEvents.frames(event)) {
			return;
		}
		RunResponseEvent stamped = this.events.stamped(event);
		Predicate<RunResponseEvent> caller = this.emitted;
		if (caller != null && !caller.test(stamped) && this.stream.missed() == 1) {
			logger.warn(
					"The caller of run '{}' of workflow '{}' takes its events too slowly: {} emitted ones wait, "
							+ "and more are left out of its stream; listeners get them all",
					runId(), workflowId(), StreamBuffer.MAX_EMITTED);
		}
		this.events.publish(stamped);
	}

	@Override
	public void publish(RunResponseEvent event) {
		if (!this.gate.isPassed() && !LifecycleEvents.frames(event)) {
			this.events.publish(this.events.stamped(event));
		}
	}

	@Override
	public Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		return this.agents.track(soFar);
	}

	@Override
	public void recordAgent(RunResponse response) {
		this.agents.add(response);
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		return this.agents.history(agentId, memory().messages(lastRuns));
	}

	private SessionState openState() {
		return SessionState.open(this.opened.session().state(), this.request.settings().sessionState(),
				this.request.sessionState(), this.request.limits().state());
	}

	private void endQuietly(RunStatus outcome, RunResponse response, RunFailure failure, @Nullable Throwable cause) {
		try {
			end(outcome, stamp(response, outcome), failure, cause);
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
	private void end(RunStatus outcome, RunResponse response, @Nullable RunFailure failure, @Nullable Throwable cause) {
		if (!this.gate.pass(outcome)) {
			return;
		}
		try {
			inside(() -> {
				logFailure(outcome, cause);
				store(outcome, response, failure);
			});
		}
		catch (RuntimeException | Error ex) {
			RunFailure told = (failure != null) ? failure : RunFailure.of(ex);
			this.live.ended(ending(status(), response, told, (cause != null) ? cause : ex));
			throw ex;
		}
		this.live.ended(ending(outcome, response, failure, cause));
	}

	/** Those who observe the run see no more than is recorded. */
	private RunEnding ending(RunStatus outcome, RunResponse response, @Nullable RunFailure failure,
			@Nullable Throwable thrown) {
		return new RunEnding(outcome, payloads().response(response),
				(failure != null) ? payloads().failure(failure) : null, payloads().thrown(thrown));
	}

	/** Who starts a run by the registry may never look at what it ended with. */
	private void logFailure(RunStatus outcome, @Nullable Throwable cause) {
		if (!this.surroundings.logFailures() || !this.request.started()) {
			return;
		}
		if (outcome == RunStatus.ERROR) {
			logger.error("Run '{}' of workflow '{}' in session '{}' failed", runId(), workflowId(), sessionId(),
					payloads().thrown(cause));
		}
		else if (outcome == RunStatus.CANCELLED && Cancellation.TIMEOUT.equals(this.cancellation.cause())) {
			logger.warn("Run '{}' of workflow '{}' in session '{}' was cancelled: {}", runId(), workflowId(),
					sessionId(), this.cancellation.reason());
		}
	}

	/** For what is done for the run, but is none of its code. */
	private void inside(Runnable work) {
		try (Interception.Entry entry = this.live.enter()) {
			WithoutInterrupt.run(work);
		}
	}

	private void store(RunStatus outcome, RunResponse response, @Nullable RunFailure failure) {
		Long lastEvent = this.events.beforeEnd();
		try {
			String json = StoredResponse.json(this.agents.complete(response, this.stream.reasoning()),
					this.run.createdAt(), payloads(), this.request.limits().content());
			new RunRecorder(this.repository, this.clock, payloads(), this.events::publishConflict).store(this.run,
					this.opened, outcome, json, failure, (outcome == RunStatus.COMPLETED) ? this.state : null,
					lastEvent);
		}
		catch (RuntimeException | Error ex) {
			RunStatus stored = (outcome == RunStatus.COMPLETED) ? RunStatus.ERROR : outcome;
			this.gate.correct(stored);
			RunFailure told = (failure != null) ? failure : RunFailure.of(ex);
			this.surroundings.writeAgain(new UnrecordedEnd(this.repository, this.run, this.opened, stored,
					payloads().failure(told), this.clock.millis(), lastEvent));
			this.events.publish(this.events.terminal(stored, response, told));
			throw ex;
		}
		finally {
			this.live.over();
		}
		this.request.tell((ticket) -> ticket.ended(response));
		this.events.publish(this.events.terminal(outcome, response, failure));
	}

	private RunResponse stamp(RunResponse response, RunStatus outcome) {
		RunResponse.Builder builder = response.toBuilder()
			.runId(runId())
			.sessionId(sessionId())
			.workflowId(workflowId())
			.status(outcome);
		if (response.createdAt() == null) {
			builder.createdAt(Instant.ofEpochMilli(this.run.createdAt()));
		}
		return builder.build();
	}

}
