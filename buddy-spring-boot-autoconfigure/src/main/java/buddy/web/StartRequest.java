package buddy.web;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.session.Ids;
import buddy.storage.StoredSession;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.WorkflowScope;

/**
 * The request of a client to start a run.
 *
 * @param input the arguments by parameter name
 * @param scope session and user of the run
 * @param body the whole body
 */
record StartRequest(Map<String, @Nullable Object> input, WorkflowScope scope, Map<String, @Nullable Object> body) {

	/**
	 * Reads a body.
	 * @param body the JSON object
	 * @param workflow the workflow to run
	 * @param caller the caller
	 */
	static StartRequest of(Map<String, @Nullable Object> body, WorkflowDescriptor workflow, Caller caller) {
		Fields fields = Fields.of(body).only("input", "session");
		Map<String, @Nullable Object> input = fields.object("input");
		Fields session = new Fields("session.", fields.object("session")).only("session_id", "user_id", "session_name",
				"session_state");
		requireNoIds(input, workflow);
		String sessionId = session.text("session_id");
		String userId = session.text("user_id");
		WorkflowScope scope = (sessionId != null) ? WorkflowScope.session(sessionId) : WorkflowScope.empty();
		Map<String, @Nullable Object> state = session.object("session_state");
		scope = scope.user(Ids.requireUserId(caller.ownerOf(userId)))
			.sessionName(StoredSession.requireName(session.text("session_name")));
		return new StartRequest(input, state.isEmpty() ? scope : scope.sessionState(state), body);
	}

	/** Returns the body as canonical text, for comparing requests. */
	String text() {
		return RequestBody.canonical(this.body);
	}

	/**
	 * Refuses ids in the input: they belong beside it, and the input's schema has no such
	 * fields.
	 */
	private static void requireNoIds(Map<String, @Nullable Object> input, WorkflowDescriptor workflow) {
		for (InputParameter parameter : workflow.parameters()) {
			boolean id = parameter.kind() == Kind.SESSION_ID || parameter.kind() == Kind.USER_ID;
			if (id && input.containsKey(parameter.name())) {
				String field = (parameter.kind() == Kind.SESSION_ID) ? "session.session_id" : "session.user_id";
				throw Problems
					.invalidInput("input." + parameter.name(),
							"'" + parameter.name() + "' is not part of the input; pass it as the field '" + field + "'")
					.refusal();
			}
		}
	}

}
