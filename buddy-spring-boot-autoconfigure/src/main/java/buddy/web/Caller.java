package buddy.web;

import org.jspecify.annotations.Nullable;

import buddy.session.WorkflowSessions;

/**
 * Who makes a request.
 *
 * @param userId the user, or {@code null} for nobody
 * @param known whether the application tells its users apart: then the user is who has
 * signed in, and no field of a request changes that
 * @param everybody whether everybody's sessions and runs are seen
 * @param stackTraces whether stack traces are seen
 */
record Caller(@Nullable String userId, boolean known, boolean everybody, boolean stackTraces) {

	/** Whose the run or session is that the caller makes. */
	@Nullable String ownerOf(@Nullable String named) {
		if (this.known && named != null && !named.equals(this.userId)) {
			throw Problems.foreignUser().refusal();
		}
		return this.known ? this.userId : named;
	}

	WorkflowSessions view(WorkflowSessions sessions) {
		if (this.everybody) {
			return sessions.ofEverybody();
		}
		// without a user the bean itself knows whether one is demanded
		return (this.userId != null) ? sessions.asUser(this.userId) : sessions;
	}

	/** Whose event streams are counted together. */
	String streamsOf() {
		return (this.userId != null) ? this.userId : "";
	}

}
