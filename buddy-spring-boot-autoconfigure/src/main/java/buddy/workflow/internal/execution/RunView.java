package buddy.workflow.internal.execution;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.Interception;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.session.SessionState;
import buddy.workflow.WorkflowRunContext;

/**
 * A run as its code reads it: what it is, what it was called with, and its session.
 */
abstract class RunView implements WorkflowRunContext {

	private final RunFacts facts;

	RunView(RunFacts facts) {
		this.facts = facts;
	}

	@Override
	public RunKey key() {
		return this.facts.run().key();
	}

	@Override
	public int epoch() {
		return this.facts.run().epoch();
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
	public @Nullable String sessionName() {
		return this.facts.opened().session().sessionName();
	}

	@Override
	public Map<String, @Nullable Object> extraData() {
		String stored = this.facts.opened().session().extraData();
		return (stored != null) ? Json.readMap(stored) : Map.of();
	}

}
