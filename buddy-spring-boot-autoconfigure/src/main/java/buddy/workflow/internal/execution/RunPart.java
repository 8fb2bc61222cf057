package buddy.workflow.internal.execution;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.Interception;
import buddy.run.Message;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.session.SessionAccess;
import buddy.session.SessionState;
import buddy.workflow.WorkflowRunContext;

/**
 * A run or a branch of it, as seen by the code that it calls. The parts of a run share
 * everything except their cancellation.
 */
abstract class RunPart implements WorkflowRunContext {

	private final RunFacts facts;

	private final RunEvents events;

	/** Creates the run itself. */
	RunPart(RunFacts facts) {
		this.facts = facts;
		this.events = new RunEvents(this, facts);
	}

	/** Creates a part of the same run. */
	RunPart(RunPart other) {
		this.facts = other.facts;
		this.events = other.events;
	}

	final RunFacts facts() {
		return this.facts;
	}

	final RunEvents events() {
		return this.events;
	}

	@Override
	public RunKey key() {
		return this.facts.run().key();
	}

	@Override
	public @Nullable RunContext parent() {
		return this.facts.request().parent();
	}

	@Override
	public Map<String, @Nullable Object> runInput() {
		return Json.readMap(this.facts.run().input());
	}

	@Override
	public @Nullable Interception interception() {
		return this.facts.live().interception();
	}

	@Override
	public Payloads payloads() {
		return this.facts.request().payloads();
	}

	@Override
	public boolean isRecorded() {
		return !this.facts.live().gate().isPassed() && this.facts.opened().recorded()
				&& this.facts.live().inMainStore();
	}

	@Override
	public boolean isOf(Object workflow) {
		return this.facts.request().workflow() == workflow;
	}

	@Override
	public boolean holds(String session) {
		return this.facts.run().concurrency().isExclusive() && sessionId().equals(session);
	}

	@Override
	public SessionState sessionState() {
		return this.facts.state();
	}

	@Override
	public WorkflowMemory memory() {
		return new WorkflowMemory(this.facts.live().repository(), sessionId(), SessionAccess.ofRun(key()),
				this.facts.request().settings().memory());
	}

	@Override
	public @Nullable String sessionName() {
		return this.facts.opened().session().sessionName();
	}

	@Override
	public Map<String, @Nullable Object> extraData() {
		String stored = this.facts.opened().session().extraData();
		return (stored != null) ? Json.readMap(stored) : Map.of();
	}

	@Override
	public void emit(RunResponseEvent event) {
		if (!LifecycleEvents.frames(event)) {
			this.events.emit(event);
		}
	}

	@Override
	public void publish(RunResponseEvent event) {
		if (!this.facts.live().gate().isPassed() && !LifecycleEvents.frames(event)) {
			this.events.publish(this.events.stamped(event));
		}
	}

	@Override
	public Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		return this.facts.agents().track(soFar);
	}

	@Override
	public void recordAgent(RunResponse response) {
		this.facts.agents().add(response);
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		return this.facts.agents().history(agentId, memory().messages(lastRuns));
	}

	@Override
	public <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body) {
		RunBranches<T, R> branches = new RunBranches<>(name, (cancellation) -> new RunBranch(this, cancellation),
				around, items, body);
		return this.facts.opened().joined() ? branches.runHere() : branches.run();
	}

}
