package buddy.agent;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournaledStep;
import buddy.durable.StepKind;
import buddy.durable.StepScope;
import buddy.json.internal.Digests;
import buddy.run.RunContext;
import buddy.run.RunResponse;

/**
 * The step that a whole call of an agent is, where the run in progress records steps.
 */
final class AgentStep {

	private final @Nullable JournaledStep<RunResponse> step;

	private final @Nullable AgentOutcomes outcomes;

	private AgentStep(@Nullable JournaledStep<RunResponse> step, @Nullable AgentOutcomes outcomes) {
		this.step = step;
		this.outcomes = outcomes;
	}

	/**
	 * Takes the place of a call, on the thread that makes it.
	 */
	static AgentStep next(AgentDefinition agent, String prompt, @Nullable RunContext context) {
		if (!(context instanceof StepScope scope)) {
			return new AgentStep(null, null);
		}
		AgentOutcomes outcomes = new AgentOutcomes(agent, context);
		JournaledStep<RunResponse> step = scope.next(StepKind.AGENT, StepJson.name("agent:", agent.name()), outcomes);
		if (step != null) {
			step.digest(Digests.of(prompt));
		}
		return new AgentStep(step, outcomes);
	}

	/**
	 * Makes the call, or hands back what an earlier execution of the run has recorded.
	 */
	RunResponse call(Supplier<AgentCall> begin) {
		if (this.step == null || this.outcomes == null) {
			return begin.get().run();
		}
		AgentOutcomes written = this.outcomes;
		return this.step.call(() -> written.recordable(written.of(begin.get()).run()));
	}

	/** Whether the outcome of the call is recorded. */
	boolean isRecorded() {
		return this.step != null;
	}

	/** Returns the recorded response of a streamed call, or {@code null}. */
	@Nullable RunResponse recorded() {
		return (this.step != null) ? this.step.recorded() : null;
	}

	/** Begins a streamed call, and returns the part of the run that it belongs to. */
	@Nullable RunContext begin(@Nullable RunContext context) {
		return (this.step != null) ? this.step.begin() : context;
	}

	/** Records the response of a streamed call. */
	RunResponse record(AgentCall call, RunResponse response) {
		if (this.step == null || this.outcomes == null) {
			return response;
		}
		this.outcomes.of(call);
		RunResponse recordable = this.outcomes.recordable(response);
		this.step.record(recordable);
		return recordable;
	}

	/** Records the failure of a streamed call. */
	void failed(AgentCall call, Throwable failure) {
		if (this.step != null && this.outcomes != null) {
			this.outcomes.of(call);
			this.step.failed(failure);
		}
	}

}
