package buddy.workflow.internal.live;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.storage.NewRun;
import buddy.storage.RunOrigin;
import buddy.storage.SessionSeed;
import buddy.workflow.RunOptions;
import buddy.workflow.SizeLimits;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.WorkflowDefinition;

/**
 * A validated and resolved call of a workflow, before anything is stored. It can begin
 * any number of runs.
 *
 * @param workflow the workflow itself, not its proxy
 * @param settings the settings of the workflow
 * @param session the requested session
 * @param userId the user of the run, or {@code null}
 * @param parent the calling run, or {@code null}
 * @param inputJson the recorded input
 * @param options how the run shares its session and how long it may take
 * @param ownOptions the options of the call itself
 * @param limits the size limits of what the run stores
 * @param ticket the handle with which the first run of the call was requested, or
 * {@code null}
 * @param payloads the filters of the run's content before it is recorded
 * @param parentStep the key of the call in the run that calls this one, or {@code null}
 * @param continued the run to continue, or {@code null} to begin one
 */
public record RunRequest(Workflow workflow, WorkflowSettings settings, RequestedSession session,
		@Nullable String userId, @Nullable RunContext parent, String inputJson, RunOptions options,
		RunOptions ownOptions, SizeLimits limits, @Nullable StartHandle ticket, Payloads payloads,
		@Nullable String parentStep, @Nullable ContinuedRun continued) {

	/** Returns the id of the session of the run. */
	public String sessionId() {
		return this.session.sessionId();
	}

	public NewRun newRun(String runId, long createdAt, boolean recordStart, @Nullable String ownerNode) {
		RunKey key = RunKey.builder()
			.runId(runId)
			.workflowId(this.workflow.workflowId())
			.sessionId(sessionId())
			.userId(this.userId)
			.build();
		String recorded = this.payloads.input(this.inputJson);
		NewRun run = NewRun.builder(key, newSession())
			.parentRunId((this.parent != null) ? this.parent.runId() : null)
			.createdAt(createdAt)
			.input(recorded)
			.recordStart(recordStart || idIsTold() || this.parentStep != null || this.options.hasDeadline())
			.concurrency(this.options.requireConcurrency())
			.ownerNode(ownerNode)
			.origin(origin(recorded))
			.build();
		return (this.ticket != null) ? run.withIdempotencyKey(this.ticket.idempotencyKey(run)) : run;
	}

	private RunOrigin origin(String recordedInput) {
		String version = this.settings.version();
		String recipe = new RunRecipe(this.ownOptions, !recordedInput.equals(this.inputJson), null,
				(this.ticket != null && this.ticket.submits())
						? new QueuedCall(this.session.state(), this.ticket.queueKey()) : null)
			.json();
		return (this.parentStep != null || version != null || recipe != null)
				? new RunOrigin(this.parentStep, recipe, version, null) : RunOrigin.NONE;
	}

	private SessionSeed newSession() {
		String extraData = this.settings.extraData().isEmpty() ? null : Json.write(this.settings.extraData());
		return new SessionSeed(this.session.sessionName(), WorkflowDefinition.of(this.workflow).dataJson(), extraData);
	}

	/** Returns the same call in another session. */
	public RunRequest inSession(String id) {
		return new RunRequest(this.workflow, this.settings, this.session.withId(id), this.userId, this.parent,
				this.inputJson, this.options, this.ownOptions, this.limits, this.ticket, this.payloads, this.parentStep,
				this.continued);
	}

	/** Returns the same call within a step of the run that calls it. */
	public RunRequest nested(@Nullable String key, @Nullable ContinuedRun run) {
		return new RunRequest(this.workflow, this.settings, this.session, this.userId, this.parent, this.inputJson,
				this.options, this.ownOptions, this.limits, this.ticket, this.payloads, key, run);
	}

	/** Returns whether the run was started by the registry, not by a direct call. */
	public boolean started() {
		return this.ticket != null && this.ticket.started();
	}

	/** Returns whether the run's id is reported as soon as the run is stored. */
	public boolean idIsTold() {
		return this.ticket != null && this.ticket.recordsStart();
	}

	/** Notifies the handle with which the run was requested, if there is one. */
	public void tell(Consumer<StartHandle> news) {
		if (this.ticket != null) {
			news.accept(this.ticket);
		}
	}

}
