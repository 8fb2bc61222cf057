package buddy.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.workflow.WorkflowRegistry;

/**
 * The routes to read, rename, delete, export and import sessions.
 */
final class SessionRoutes {

	private final WorkflowSessions sessions;

	private final WorkflowRegistry registry;

	private final RequestBody bodies;

	private final int importedRuns;

	private final Links links;

	SessionRoutes(WorkflowSessions sessions, WorkflowRegistry registry, RequestBody bodies, WebSettings settings) {
		this.sessions = sessions;
		this.registry = registry;
		this.bodies = bodies;
		this.importedRuns = settings.limits().importedRuns();
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "workflow_id", "user_id", "session_name", "limit", "after");
		RunPage page = query.page();
		String workflowId = query.text("workflow_id");
		SessionQuery wanted = new SessionQuery((workflowId != null) ? Ids.requireWorkflowId(workflowId) : null,
				Ids.requireUserId(query.text("user_id")))
			.named(query.text("session_name"));
		Page<SessionSummary> found = caller.view(this.sessions).list(wanted, page);
		List<Map<String, @Nullable Object>> items = found.items().stream().map(Views::session).toList();
		RunPage.Cursor next = found.next();
		return Answer.page(items, (next != null) ? this.links.next(request, page.limit(), next) : null);
	}

	ServerResponse find(ServerRequest request, Caller caller) {
		Query.of(request);
		return Answer.ok(Views.session(require(id(request), caller)));
	}

	ServerResponse rename(ServerRequest request, Caller caller) {
		Query.of(request);
		String sessionId = id(request);
		Fields fields = Fields.of(this.bodies.object(request)).only("session_name");
		if (!fields.values().containsKey("session_name")) {
			throw Problems
				.invalidInput("session_name", "The field 'session_name' is missing: a text, or null for no name")
				.refusal();
		}
		caller.view(this.sessions).rename(sessionId, fields.text("session_name"));
		return Answer.ok(Views.session(require(sessionId, caller)));
	}

	ServerResponse delete(ServerRequest request, Caller caller) {
		Query.of(request);
		String sessionId = id(request);
		if (!caller.view(this.sessions).delete(sessionId)) {
			throw Problems.sessionNotFound(sessionId).refusal();
		}
		return Answer.noContent();
	}

	ServerResponse export(ServerRequest request, Caller caller) {
		Query.of(request);
		WorkflowSession session = require(id(request), caller);
		return Answer.streamed(Views.export(session, caller.view(this.sessions).exportRuns(session.sessionId())));
	}

	ServerResponse importSession(ServerRequest request, Caller caller) {
		Query.of(request);
		Map<String, @Nullable Object> body = new LinkedHashMap<>(this.bodies.object(request));
		Fields fields = Fields.of(body);
		body.put("user_id", caller.ownerOf(fields.text("user_id")));
		WorkflowSession session = WorkflowSession.fromMap(body);
		requireNotTooMany(session.runs().size());
		String workflowId = Ids.requireWorkflowId(session.workflowId());
		if (this.registry.find(workflowId).isEmpty()) {
			throw Problems
				.invalidInput("workflow_id",
						"There is no workflow '" + workflowId + "' that could continue the session")
				.refusal();
		}
		WorkflowSession stored = caller.view(this.sessions).importSession(session);
		return Answer.created(this.links.session(request, stored.sessionId()), Views.session(stored));
	}

	private void requireNotTooMany(int runs) {
		if (runs > this.importedRuns) {
			throw Problems.tooManyRuns(runs, this.importedRuns).refusal();
		}
	}

	private static String id(ServerRequest request) {
		return Ids.requireSessionId(request.pathVariable("id"));
	}

	private WorkflowSession require(String sessionId, Caller caller) {
		return caller.view(this.sessions)
			.find(sessionId)
			.orElseThrow(() -> Problems.sessionNotFound(sessionId).refusal());
	}

}
