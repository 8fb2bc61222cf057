package buddy.web;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.session.Ids;
import buddy.session.StoredSession;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.WorkflowScope;

/**
 * What a client asks for that starts a run.
 *
 * @param input the arguments by parameter name
 * @param scope session and user of the run
 * @param body the whole
 */
record StartRequest(Map<String, @Nullable Object> input, WorkflowScope scope, Map<String, @Nullable Object> body) {

	/**
	 * Reads a body.
	 * @param body the JSON object
	 * @param workflow the workflow that is to run
	 * @param caller who asks
	 */
	static StartRequest of(Map<String, @Nullable Object> body, WorkflowDescriptor workflow, Caller caller) {
		Fields fields = Fields.of(body).only("input", "session");
		Map<String, @Nullable Object> input = fields.object("input");
		Fields session = new Fields("session.", fields.object("session")).only("session_id", "user_id", "session_name",
				"session_state");
		String sessionId = same(session.text("session_id"), idIn(input, workflow, Kind.SESSION_ID), "session_id");
		String userId = same(session.text("user_id"), idIn(input, workflow, Kind.USER_ID), "user_id");
		WorkflowScope scope = (sessionId != null) ? WorkflowScope.session(sessionId) : WorkflowScope.empty();
		Map<String, @Nullable Object> state = session.object("session_state");
		scope = scope.user(Ids.requireUserId(caller.ownerOf(userId)))
			.sessionName(StoredSession.requireName(session.text("session_name")));
		return new StartRequest(input, state.isEmpty() ? scope : scope.sessionState(state), body);
	}

	/** The whole as text, the same for the same JSON. */
	String text() {
		return RequestBody.canonical(this.body);
	}

	/** The id that the input gives in a parameter that is made for it. */
	private static @Nullable String idIn(Map<String, @Nullable Object> input, WorkflowDescriptor workflow, Kind kind) {
		for (InputParameter parameter : workflow.parameters()) {
			if (parameter.kind() == kind && input.get(parameter.name()) != null) {
				return new Fields("input.", input).text(parameter.name());
			}
		}
		return null;
	}

	private static @Nullable String same(@Nullable String ofSession, @Nullable String ofInput, String name) {
		if (ofSession != null && ofInput != null && !ofSession.equals(ofInput)) {
			throw Problems
				.invalidInput("session." + name, "The input and the field 'session." + name + "' name different ones")
				.refusal();
		}
		return (ofSession != null) ? ofSession : ofInput;
	}

}
