package buddy.web;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.EventPosition;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.run.WorkflowRun;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.WorkflowSessions;
import buddy.workflow.WorkflowRuns;

/**
 * The routes to read and cancel runs.
 */
final class RunRoutes {

	private final WorkflowSessions sessions;

	private final WorkflowRuns runs;

	private final Streams streams;

	private final RequestBody bodies;

	private final Links links;

	RunRoutes(WorkflowSessions sessions, WorkflowRuns runs, Streams streams, RequestBody bodies, WebSettings settings) {
		this.sessions = sessions;
		this.runs = runs;
		this.streams = streams;
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "workflow_id", "session_id", "user_id", "status", "from", "to", "limit",
				"after");
		String workflowId = query.text("workflow_id");
		String sessionId = query.text("session_id");
		RunQuery runs = RunQuery.all()
			.ofWorkflow((workflowId != null) ? Ids.requireWorkflowId(workflowId) : null)
			.ofSession((sessionId != null) ? Ids.requireSessionId(sessionId) : null)
			.ofUser(Ids.requireUserId(query.text("user_id")))
			.withStatus(query.statuses())
			.begun(query.time("from"), query.time("to"));
		return page(request, caller, runs, query.page());
	}

	ServerResponse ofSession(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "status", "from", "to", "limit", "after");
		String sessionId = Ids.requireSessionId(request.pathVariable("id"));
		RunPage page = query.page();
		RunQuery runs = RunQuery.all()
			.ofSession(sessionId)
			.withStatus(query.statuses())
			.begun(query.time("from"), query.time("to"));
		if (!caller.view(this.sessions).exists(sessionId)) {
			throw Problems.sessionNotFound(sessionId).refusal();
		}
		return page(request, caller, runs, page);
	}

	private ServerResponse page(ServerRequest request, Caller caller, RunQuery query, RunPage page) {
		Page<RunSummary> found = caller.view(this.sessions).listRuns(query, page);
		List<Map<String, @Nullable Object>> items = found.items().stream().map(Views::run).toList();
		RunPage.Cursor next = found.next();
		return Answer.page(items, (next != null) ? this.links.next(request, page.limit(), next) : null);
	}

	ServerResponse find(ServerRequest request, Caller caller) {
		Query.of(request);
		WorkflowRun run = require(request, caller);
		Map<String, @Nullable Object> json = Views.run(run, caller.stackTraces(), isResumable(run));
		if (run.status() == RunStatus.PAUSED) {
			json.put("waits_for", this.runs.ofEverybody().waitsOf(run.runId()).stream().map(RunWait::toMap).toList());
		}
		return Answer.ok(json);
	}

	private boolean isResumable(WorkflowRun run) {
		return run.status() != RunStatus.COMPLETED && run.parentRunId() == null
				&& this.runs.ofEverybody().isResumable(run.runId());
	}

	ServerResponse events(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "last_event_id");
		EventPosition after = position(request, query);
		WorkflowRun run = require(request, caller);
		return this.streams.open(caller, run.runId(), this.links.run(request, run.runId()), after);
	}

	/**
	 * Returns the position from the header, which the browser updates, or else from the
	 * parameter that the page has set.
	 */
	private static @Nullable EventPosition position(ServerRequest request, Query query) {
		String header = request.headers().firstHeader("Last-Event-ID");
		String id = (header != null && !header.isEmpty()) ? header : query.text("last_event_id");
		if (id == null) {
			return null;
		}
		try {
			return EventPosition.parse(id);
		}
		catch (IllegalArgumentException ex) {
			throw Problems.invalidParameter("Last-Event-ID must be the id of an event of this run").refusal();
		}
	}

	ServerResponse cancel(ServerRequest request, Caller caller) {
		Query.of(request);
		Fields.of(this.bodies.objectIfAny(request)).only();
		WorkflowRun run = require(request, caller);
		String runId = run.runId();
		boolean asked;
		try {
			asked = !run.status().isTerminal() && this.runs.ofEverybody().cancel(runId, "it was cancelled over HTTP");
		}
		catch (IllegalStateException ex) {
			throw Problem
				.of(HttpStatus.CONFLICT, "run-elsewhere", "The run belongs to another process",
						"The store does not know which one; cancel the run in the process that executes it")
				.with("run_id", runId)
				.refusal();
		}
		if (!asked) {
			throw Problem.of(HttpStatus.CONFLICT, "run-ended", "The run has ended", null)
				.with("run_id", runId)
				.refusal();
		}
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, Map.of("run_id", runId),
				Map.of("Location", this.links.run(request, runId).toString()));
	}

	private WorkflowRun require(ServerRequest request, Caller caller) {
		return require(request, caller, this.sessions);
	}

	/** Finds the run of the path, or refuses the request. */
	static WorkflowRun require(ServerRequest request, Caller caller, WorkflowSessions sessions) {
		String runId = Query.runId(request);
		return caller.view(sessions).findRun(runId).orElseThrow(() -> Problems.runNotFound(runId).refusal());
	}

}
