package buddy.storage.jpa;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;

import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;

/**
 * Reads a page of sessions. For a viewer, the user's sessions and those without a user
 * are read from the index separately and merged, so that no other rows are read.
 */
final class SessionList {

	private static final Comparator<SessionSummary> LAST_USED_FIRST = Comparator.comparing(SessionSummary::updatedAt)
		.thenComparing(SessionSummary::sessionId)
		.reversed();

	private final Supplier<WorkflowSessionEntityRepository> sessions;

	private final StoredPayloads payloads;

	SessionList(Supplier<WorkflowSessionEntityRepository> sessions, StoredPayloads payloads) {
		this.sessions = sessions;
		this.payloads = payloads;
	}

	List<SessionSummary> read(SessionQuery query, RunPage.Cursor after, int limit) {
		SessionAccess viewer = query.viewer();
		if (viewer == null) {
			return read(query.workflowId(), query.userId(), after, limit).toList();
		}
		String workflowId = (query.workflowId() != null) ? query.workflowId() : viewer.workflowId();
		if (viewer.workflowId() != null && !viewer.workflowId().equals(workflowId)) {
			return List.of();
		}
		String userId = viewer.userId();
		if (query.userId() != null) {
			return query.userId().equals(userId) ? read(workflowId, userId, after, limit).toList() : List.of();
		}
		Stream<SessionSummary> own = (userId != null) ? read(workflowId, userId, after, limit) : Stream.empty();
		Stream<SessionSummary> unowned = viewer.includeUnowned() ? unowned(workflowId, after, limit) : Stream.empty();
		return Stream.concat(own, unowned).sorted(LAST_USED_FIRST).limit(limit).toList();
	}

	private Stream<SessionSummary> read(@Nullable String workflowId, @Nullable String userId, RunPage.Cursor after,
			int limit) {
		Limit most = Limit.of(limit);
		long at = after.at().toEpochMilli();
		List<ListedSession> found;
		if (workflowId != null && userId != null) {
			found = this.sessions.get().ofWorkflowAndUser(workflowId, userId, at, after.id(), most);
		}
		else if (workflowId != null) {
			found = this.sessions.get().ofWorkflow(workflowId, at, after.id(), most);
		}
		else if (userId != null) {
			found = this.sessions.get().ofUser(userId, at, after.id(), most);
		}
		else {
			found = this.sessions.get().all(at, after.id(), most);
		}
		return found.stream().map((session) -> session.summary(this.payloads));
	}

	private Stream<SessionSummary> unowned(@Nullable String workflowId, RunPage.Cursor after, int limit) {
		Limit most = Limit.of(limit);
		long at = after.at().toEpochMilli();
		List<ListedSession> found = (workflowId != null)
				? this.sessions.get().ofWorkflowAndNobody(workflowId, at, after.id(), most)
				: this.sessions.get().ofNobody(at, after.id(), most);
		return found.stream().map((session) -> session.summary(this.payloads));
	}

}
