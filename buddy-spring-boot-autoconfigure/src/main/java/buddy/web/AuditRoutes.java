package buddy.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.workflow.WorkflowAudit;

/**
 * The route to read who did what to runs and sessions, for those who see the runs of all
 * users.
 */
final class AuditRoutes {

	private final Supplier<@Nullable WorkflowAudit> audit;

	private final Links links;

	AuditRoutes(Supplier<@Nullable WorkflowAudit> audit, WebSettings settings) {
		this.audit = audit;
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "run_id", "workflow_id", "session_id", "actor", "action", "since", "limit",
				"after");
		RunPage page = query.page();
		String workflowId = query.text("workflow_id");
		String sessionId = query.text("session_id");
		AuditQuery wanted = AuditQuery.all()
			.ofRun(query.runId("run_id"))
			.ofWorkflow((workflowId != null) ? Ids.requireWorkflowId(workflowId) : null)
			.ofSession((sessionId != null) ? Ids.requireSessionId(sessionId) : null)
			.by(Ids.requireUserId(query.text("actor")))
			.withAction(action(query.text("action")))
			.since(query.time("since"));
		caller.requireEverybody("The audit is");
		WorkflowAudit kept = this.audit.get();
		if (kept == null) {
			throw Problem
				.of(HttpStatus.NOT_IMPLEMENTED, "audit-not-kept", "The application keeps no audit",
						"Its store of sessions and runs has no AuditLog beside it")
				.refusal();
		}
		Page<AuditEntry> found = kept.list(wanted, page);
		RunPage.Cursor next = found.next();
		return Answer.page(found.items().stream().map(AuditRoutes::view).toList(),
				(next != null) ? this.links.next(request, page.limit(), next) : null);
	}

	private static @Nullable String action(@Nullable String text) {
		if (text != null && !AuditEntry.ACTIONS.contains(text)) {
			throw Problems.invalidParameter("'action' must be one of " + String.join(", ", AuditEntry.ACTIONS))
				.refusal();
		}
		return text;
	}

	private static Map<String, @Nullable Object> view(AuditEntry entry) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("id", entry.id());
		json.put("at", entry.at().getEpochSecond());
		json.put("action", entry.action());
		Views.put(json, "actor", entry.actor());
		Views.put(json, "workflow_id", entry.workflowId());
		Views.put(json, "session_id", entry.sessionId());
		Views.put(json, "run_id", entry.runId());
		json.put("detail", entry.detail());
		return json;
	}

}
