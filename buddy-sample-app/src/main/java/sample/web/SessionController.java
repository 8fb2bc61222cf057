package sample.web;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import buddy.session.WorkflowSession;
import buddy.session.WorkflowSession.SessionRun;
import buddy.session.WorkflowSessions;

/**
 * Shows a session with its runs.
 */
@RestController
class SessionController {

	private final WorkflowSessions sessions;

	SessionController(WorkflowSessions sessions) {
		this.sessions = sessions;
	}

	@GetMapping("/sessions/{sessionId}")
	WorkflowSession session(@PathVariable String sessionId) {
		WorkflowSession session = this.sessions.exportSession(sessionId);
		return session.withRuns(session.runs().stream().map(SessionController::withoutStackTrace).toList());
	}

	/** Which classes called which is the developers' business, not the clients'. */
	private static SessionRun withoutStackTrace(SessionRun run) {
		if (!(run.response().field("error") instanceof Map<?, ?> error)) {
			return run;
		}
		Map<Object, Object> shown = new LinkedHashMap<>(error);
		shown.remove("stack_trace");
		return new SessionRun(run.input(), run.response().toBuilder().field("error", shown).build(), run.additional());
	}

}
