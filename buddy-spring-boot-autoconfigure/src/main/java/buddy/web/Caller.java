package buddy.web;

import org.jspecify.annotations.Nullable;

import buddy.session.WorkflowSessions;
import buddy.workflow.WorkflowRuns;

/**
 * The caller of a request.
 *
 * @param userId the user, or {@code null} if there is none
 * @param known whether the application identifies its users: then the user is the one who
 * has signed in, and no field of a request overrides that
 * @param everybody whether the caller sees the sessions and runs of all users
 * @param operator whether the caller may act, not only read
 * @param stackTraces whether the caller sees stack traces
 */
record Caller(@Nullable String userId, boolean known, boolean everybody, boolean operator, boolean stackTraces) {

	/** Returns the user of a run or session that the caller creates. */
	@Nullable String ownerOf(@Nullable String named) {
		if (this.known && named != null && !named.equals(this.userId)) {
			throw Problems.foreignUser().refusal();
		}
		return this.known ? this.userId : named;
	}

	/**
	 * Refuses callers who do not see the sessions and runs of all users.
	 * @param what what is for the others only, as the beginning of a sentence
	 */
	void requireEverybody(String what) {
		if (!this.everybody) {
			throw Problems.onlyForThoseWhoSeeAll(what).refusal();
		}
	}

	WorkflowSessions view(WorkflowSessions sessions) {
		if (this.everybody) {
			return sessions.ofEverybody();
		}
		// without a user the bean itself decides whether one is required
		return (this.userId != null) ? sessions.asUser(this.userId) : sessions;
	}

	WorkflowRuns view(WorkflowRuns runs) {
		if (this.everybody) {
			return runs.ofEverybody();
		}
		return (this.userId != null) ? runs.asUser(this.userId) : runs;
	}

	/** Returns the key by which event streams are counted. */
	String streamsOf() {
		return (this.userId != null) ? this.userId : "";
	}

}
