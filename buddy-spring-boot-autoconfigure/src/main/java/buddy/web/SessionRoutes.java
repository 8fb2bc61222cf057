package buddy.web;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.core.JacksonException;

import buddy.session.Ids;
import buddy.session.InvalidIdException;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.workflow.WorkflowRegistry;

/**
 * Looks at sessions, and renames, deletes, exports and imports them.
 */
final class SessionRoutes {

	/** The last second that an ISO date of four digits has. */
	private static final long MAX_SECONDS = 253_402_300_799L;

	private final WorkflowSessions sessions;

	private final WorkflowRegistry registry;

	private final RequestBody bodies;

	private final Links links;

	SessionRoutes(WorkflowSessions sessions, WorkflowRegistry registry, WebSettings settings) {
		this.sessions = sessions;
		this.registry = registry;
		this.bodies = new RequestBody(settings.limits().requestSize());
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "workflow_id", "user_id", "limit", "after");
		RunPage page = query.page();
		String workflowId = query.text("workflow_id");
		SessionQuery wanted = new SessionQuery((workflowId != null) ? Ids.requireWorkflowId(workflowId) : null,
				Ids.requireUserId(query.text("user_id")));
		Page<WorkflowSession> found = caller.view(this.sessions).list(wanted, page);
		List<Map<String, @Nullable Object>> items = found.items().stream().map(Views::sessionSummary).toList();
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
		return Answer.ok(Views.export(caller.view(this.sessions).exportSession(id(request))));
	}

	ServerResponse importSession(ServerRequest request, Caller caller) {
		Query.of(request);
		Map<String, @Nullable Object> body = new LinkedHashMap<>(this.bodies.object(request));
		Fields fields = Fields.of(body);
		fields.text("session_id");
		body.put("user_id", caller.ownerOf(fields.text("user_id")));
		new Fields("session_data.", fields.object("session_data")).text("session_name");
		String workflowId = Ids.requireWorkflowId(fields.text("workflow_id"));
		if (this.registry.find(workflowId).isEmpty()) {
			throw Problems
				.invalidInput("workflow_id",
						"There is no workflow '" + workflowId + "' that could continue the session")
				.refusal();
		}
		WorkflowSession stored = caller.view(this.sessions).importSession(read(body));
		return Answer.created(this.links.session(request, stored.sessionId()), Views.session(stored));
	}

	private static WorkflowSession read(Map<String, @Nullable Object> body) {
		try {
			if (body.get("memory") instanceof Map<?, ?> memory && memory.get("runs") != null
					&& !(memory.get("runs") instanceof List<?>)) {
				throw Problems.invalidInput("memory.runs", "The field 'memory.runs' must be a list").refusal();
			}
			WorkflowSession session = WorkflowSession.fromMap(body);
			requireTime("created_at", session.createdAt());
			requireTime("updated_at", session.updatedAt());
			requireOnce(session);
			session.runs().forEach((run) -> requireTime("memory.runs.response.created_at", run.response().createdAt()));
			return session;
		}
		catch (InvalidIdException ex) {
			throw ex;
		}
		catch (JacksonException | IllegalArgumentException | ClassCastException ex) {
			throw Problem
				.of(org.springframework.http.HttpStatus.UNPROCESSABLE_CONTENT, "invalid-session",
						"The body is not the JSON of a workflow session", null)
				.refusal();
		}
	}

	private static void requireOnce(WorkflowSession session) {
		Set<String> known = new HashSet<>();
		session.runs().forEach((run) -> {
			String runId = run.response().runId();
			if (runId != null && !known.add(runId)) {
				throw Problems.invalidInput("memory.runs.response.run_id", "The run '" + runId + "' is there twice")
					.refusal();
			}
		});
	}

	private static void requireTime(String path, @Nullable Long seconds) {
		if (seconds != null && (seconds < 0 || seconds > MAX_SECONDS)) {
			throw Problems.invalidInput(path, "The field '" + path + "' must be Unix seconds").refusal();
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
