package buddy.workflow.internal.execution;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.Interception;
import buddy.run.Message;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.session.SessionState;
import buddy.workflow.WorkflowRunContext;

/**
 * A part of a run that goes on beside others, and can be stopped apart from the run.
 */
final class RunBranch implements WorkflowRunContext {

	private final WorkflowRunContext run;

	private final Cancellation cancellation;

	RunBranch(WorkflowRunContext run, Cancellation cancellation) {
		this.run = run;
		this.cancellation = cancellation;
	}

	@Override
	public <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body) {
		return this.run.parallel(name, around, items, body);
	}

	@Override
	public boolean isOf(Object workflow) {
		return this.run.isOf(workflow);
	}

	@Override
	public SessionState sessionState() {
		return this.run.sessionState();
	}

	@Override
	public WorkflowMemory memory() {
		return this.run.memory();
	}

	@Override
	public @Nullable String sessionName() {
		return this.run.sessionName();
	}

	@Override
	public Map<String, @Nullable Object> extraData() {
		return this.run.extraData();
	}

	@Override
	public boolean holds(String sessionId) {
		return this.run.holds(sessionId);
	}

	@Override
	public Cancellation cancellation() {
		return this.cancellation;
	}

	@Override
	public RunKey key() {
		return this.run.key();
	}

	@Override
	public @Nullable RunContext parent() {
		return this.run.parent();
	}

	@Override
	public Map<String, @Nullable Object> runInput() {
		return this.run.runInput();
	}

	@Override
	public @Nullable Interception interception() {
		return this.run.interception();
	}

	@Override
	public Payloads payloads() {
		return this.run.payloads();
	}

	@Override
	public boolean isRecorded() {
		return this.run.isRecorded();
	}

	@Override
	public void emit(RunResponseEvent event) {
		this.run.emit(event);
	}

	@Override
	public void publish(RunResponseEvent event) {
		this.run.publish(event);
	}

	@Override
	public Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		return this.run.trackAgent(soFar);
	}

	@Override
	public void recordAgent(RunResponse response) {
		this.run.recordAgent(response);
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		return this.run.history(agentId, lastRuns);
	}

}
