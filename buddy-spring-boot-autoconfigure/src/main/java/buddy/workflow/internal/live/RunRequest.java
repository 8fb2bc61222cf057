package buddy.workflow.internal.live;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;
import buddy.workflow.RunOptions;
import buddy.workflow.SizeLimits;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.WorkflowDefinition;

/**
 * A call of a workflow, checked and resolved, before anything is stored: it can begin any
 * number of runs.
 *
 * @param workflow the workflow itself, not its proxy
 * @param settings its settings
 * @param session the session that it asks for
 * @param userId whose run it is
 * @param parent the run that calls, or {@code null}
 * @param inputJson the recorded input
 * @param options how the run shares its session and how long it may take
 * @param limits how large what the run stores may be
 * @param ticket what the first run of the call was asked for with, or {@code null}
 * @param payloads what changes the content of the run before it is recorded
 */
public record RunRequest(Workflow workflow, WorkflowSettings settings, RequestedSession session,
		@Nullable String userId, @Nullable RunContext parent, String inputJson, RunOptions options, SizeLimits limits,
		@Nullable StartHandle ticket, Payloads payloads) {

	/** The session that the run is to be in. */
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
		NewRun run = NewRun.builder(key, newSession())
			.parentRunId((this.parent != null) ? this.parent.runId() : null)
			.createdAt(createdAt)
			.input(this.payloads.input(this.inputJson))
			.recordStart(recordStart || idIsTold())
			.concurrency(this.options.requireConcurrency())
			.ownerNode(ownerNode)
			.build();
		return (this.ticket != null) ? run.withIdempotencyKey(this.ticket.idempotencyKey(run)) : run;
	}

	private SessionSeed newSession() {
		String extraData = this.settings.extraData().isEmpty() ? null : Json.write(this.settings.extraData());
		return new SessionSeed(this.session.sessionName(), WorkflowDefinition.of(this.workflow).dataJson(), extraData);
	}

	/** The same call in another session. */
	public RunRequest inSession(String id) {
		return new RunRequest(this.workflow, this.settings, this.session.withId(id), this.userId, this.parent,
				this.inputJson, this.options, this.limits, this.ticket, this.payloads);
	}

	/** Whether the registry started it, and nobody called the workflow. */
	public boolean started() {
		return this.ticket != null && this.ticket.started();
	}

	/** Whether the run's id is told to somebody as soon as the run is stored. */
	public boolean idIsTold() {
		return this.ticket != null && this.ticket.recordsStart();
	}

	/** Tells who asked for the run, if anybody asked for this one. */
	public void tell(Consumer<StartHandle> news) {
		if (this.ticket != null) {
			news.accept(this.ticket);
		}
	}

}
