package buddy.workflow.internal.live;

import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.storage.NewRun;
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
 * @param sessionId the session
 * @param userId whose run it is
 * @param sessionName the name of the session if it is created
 * @param sessionState what wins over the stored state
 * @param inputJson the recorded input
 * @param parent the run that calls, or {@code null}
 * @param options how the run shares its session and how long it may take
 * @param limits how large what the run stores may be
 * @param ticket what the first run of the call was asked for with, or {@code null}
 * @param payloads what changes the content of the run before it is recorded
 * @param derivedSession whether nobody named the session: its id was made from the id of
 * the calling run's session
 */
public record RunRequest(Workflow workflow, WorkflowSettings settings, String sessionId, @Nullable String userId,
		@Nullable String sessionName, Map<String, ? extends @Nullable Object> sessionState, String inputJson,
		@Nullable RunContext parent, RunOptions options, SizeLimits limits, @Nullable StartHandle ticket,
		Payloads payloads, boolean derivedSession) {

	public NewRun newRun(String runId, long createdAt, boolean recordStart, @Nullable String ownerNode) {
		String extraData = this.settings.extraData().isEmpty() ? null : Json.write(this.settings.extraData());
		boolean stored = recordStart || idIsTold();
		NewRun run = new NewRun(runId, this.sessionId, this.workflow.workflowId(), this.userId,
				(this.parent != null) ? this.parent.runId() : null, this.payloads.input(this.inputJson),
				this.sessionName, WorkflowDefinition.of(this.workflow).dataJson(), extraData, createdAt, stored,
				this.options.requireConcurrency(), ownerNode);
		return (this.ticket != null) ? run.withIdempotencyKey(this.ticket.idempotencyKey(run)) : run;
	}

	/**
	 * Returns the same call in another session.
	 * @param session the id of that session
	 */
	public RunRequest inSession(String session) {
		return new RunRequest(this.workflow, this.settings, session, this.userId, this.sessionName, this.sessionState,
				this.inputJson, this.parent, this.options, this.limits, this.ticket, this.payloads,
				this.derivedSession);
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
