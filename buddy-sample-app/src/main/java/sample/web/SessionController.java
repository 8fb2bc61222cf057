package sample.web;

import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

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
		return this.sessions.exportSession(sessionId);
	}

}
