package buddy.session.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.WorkflowRun;
import buddy.run.internal.RunIds;
import buddy.session.AuditEntry;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.RunPage.Cursor;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionExistsException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.UserRequiredException;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSession.SessionRun;
import buddy.session.WorkflowSessions;
import buddy.storage.AuditLog;
import buddy.storage.AuditTrail;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;

/**
 * {@link WorkflowSessions} on top of a {@link WorkflowSessionRepository}.
 */
public final class DefaultWorkflowSessions implements WorkflowSessions {

	private static final int DELETED_AT_ONCE = 10;

	private final WorkflowSessionRepository repository;

	private final Viewer viewer;

	private final SessionDocuments documents;

	private final Supplier<@Nullable String> actor;

	private final AuditTrail audit;

	/**
	 * Creates the view of a user.
	 * @param repository the repository of sessions and runs
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param clock the clock
	 */
	public DefaultWorkflowSessions(WorkflowSessionRepository repository, Supplier<@Nullable String> user, Clock clock) {
		this(repository, user, clock, null);
	}

	/**
	 * Creates the view of a user that writes down who deletes sessions.
	 * @param repository the repository of sessions and runs
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param clock the clock
	 * @param log the store of the audit, or {@code null}
	 */
	public DefaultWorkflowSessions(WorkflowSessionRepository repository, Supplier<@Nullable String> user, Clock clock,
			@Nullable AuditLog log) {
		this(repository, new Viewer(user, false, true, false), new SessionDocuments(clock, new RunIds(clock)), user,
				new AuditTrail(log, new RunIds(clock)::next, clock));
	}

	private DefaultWorkflowSessions(WorkflowSessionRepository repository, Viewer viewer, SessionDocuments documents,
			Supplier<@Nullable String> actor, AuditTrail audit) {
		this.actor = actor;
		this.audit = audit;
		this.repository = repository;
		this.viewer = viewer;
		this.documents = documents;
	}

	@Override
	public WorkflowSessions requiringUser() {
		return as(new Viewer(this.viewer.user(), true, false, false));
	}

	@Override
	public boolean requiresUser() {
		return this.viewer.required();
	}

	@Override
	public WorkflowSessions asUser(@Nullable String userId) {
		String checked = Ids.requireUserId(userId);
		return as(new Viewer(() -> checked, false, this.viewer.includeUnowned(), false));
	}

	@Override
	public WorkflowSessions ofEverybody() {
		return as(new Viewer(() -> null, false, true, true));
	}

	private WorkflowSessions as(Viewer other) {
		return new DefaultWorkflowSessions(this.repository, other, this.documents, this.actor, this.audit);
	}

	@Override
	public Optional<WorkflowSession> find(String sessionId) {
		return visible(sessionId).map(this.documents::document);
	}

	@Override
	public boolean exists(String sessionId) {
		return visibleSummary(sessionId).isPresent();
	}

	@Override
	public Page<SessionSummary> list(SessionQuery query, RunPage page) {
		SessionQuery visible = this.viewer.everybody() ? query : query.visibleTo(access());
		if (query.name() != null) {
			return listNamed(visible, page);
		}
		List<SessionSummary> found = listOneMore(visible, page);
		boolean cut = found.size() > page.limit();
		List<SessionSummary> items = cut ? found.subList(0, page.limit()) : found;
		return new Page<>(items, cut ? items.get(items.size() - 1).cursor() : null);
	}

	/** Filters a bounded number of sessions, and goes on after them on the next page. */
	private Page<SessionSummary> listNamed(SessionQuery query, RunPage page) {
		List<SessionSummary> read = this.repository.list(query.named(null),
				new RunPage(RunPage.MAX_LIMIT, page.after()));
		List<SessionSummary> items = new ArrayList<>();
		for (SessionSummary session : read) {
			if (query.fits(session.sessionName())) {
				items.add(session);
			}
			if (items.size() == page.limit()) {
				return new Page<>(items, session.cursor());
			}
		}
		return new Page<>(items, (read.size() == RunPage.MAX_LIMIT) ? read.get(read.size() - 1).cursor() : null);
	}

	/**
	 * Reads one item more than the page holds, to find out whether there is a next page.
	 */
	private List<SessionSummary> listOneMore(SessionQuery query, RunPage page) {
		if (page.limit() < RunPage.MAX_LIMIT) {
			return this.repository.list(query, new RunPage(page.limit() + 1, page.after()));
		}
		List<SessionSummary> found = new ArrayList<>(this.repository.list(query, page));
		if (found.size() == page.limit()) {
			Cursor last = found.get(found.size() - 1).cursor();
			found.addAll(this.repository.list(query, new RunPage(1, last)));
		}
		return found;
	}

	@Override
	public List<SessionSummary> recent(int count) {
		return list(SessionQuery.all(), RunPage.first(count)).items();
	}

	@Override
	public WorkflowSession create(WorkflowSession session) {
		if (!session.runs().isEmpty()) {
			throw new IllegalArgumentException("Session '" + session.sessionId()
					+ "' cannot be created with runs; use importSession for a session that has some");
		}
		return importSession(session);
	}

	@Override
	public void rename(String sessionId, @Nullable String sessionName) {
		String name = StoredSession.requireName(sessionName);
		if (!this.repository.rename(sessionId, accessTo(sessionId), name)) {
			throw new SessionNotFoundException(sessionId);
		}
	}

	@Override
	public boolean delete(String sessionId) {
		SessionAccess access = accessTo(sessionId);
		return this.audit.isKept()
				? this.audit.writeIf(deletion(sessionId), () -> this.repository.delete(sessionId, access))
				: this.repository.delete(sessionId, access);
	}

	private AuditEntry deletion(String sessionId) {
		String workflowId = this.repository.findSummary(sessionId).map(SessionSummary::workflowId).orElse(null);
		return this.audit.ofSession(AuditEntry.DELETE, this.actor.get(), workflowId, sessionId);
	}

	@Override
	public Deleted deleteUser(String userId) {
		Ids.requireUserId(userId);
		if (!userId.equals(access().userId())) {
			throw new IllegalArgumentException("User '" + userId
					+ "' is not the current user, so nothing was deleted; call asUser(...) first if this is intended");
		}
		SessionAccess owner = SessionAccess.ofOwner(userId);
		SessionQuery all = SessionQuery.all().ofUser(userId).visibleTo(owner);
		Deleted deleted = new Deleted(0, 0);
		Deleted before;
		do {
			before = deleted;
			for (SessionSummary session : this.repository.list(all, RunPage.first(DELETED_AT_ONCE))) {
				deleted = deleted.plus(delete(session, owner));
			}
		}
		while (deleted.sessions() > before.sessions());
		return deleted;
	}

	private Deleted delete(SessionSummary session, SessionAccess owner) {
		String sessionId = session.sessionId();
		AuditEntry entry = this.audit.ofSession(AuditEntry.DELETE, this.actor.get(), session.workflowId(), sessionId);
		AtomicInteger runs = new AtomicInteger();
		boolean deleted = this.audit.writeIf(entry, () -> {
			runs.set(this.repository.deleteRuns(sessionId, owner));
			return this.repository.delete(sessionId, owner);
		});
		return new Deleted(deleted ? 1 : 0, runs.get());
	}

	@Override
	public Page<WorkflowRun> runs(String sessionId, RunPage page) {
		List<StoredRun> runs = this.repository.runs(sessionId, accessToExisting(sessionId), page);
		Cursor next = (runs.size() == page.limit()) ? runs.get(runs.size() - 1).cursor() : null;
		return new Page<>(runs.stream().map(StoredRun::toWorkflowRun).toList(), next);
	}

	@Override
	public Optional<WorkflowRun> findRun(String runId) {
		Optional<StoredRun> run = this.viewer.everybody() ? this.repository.findRun(runId)
				: this.repository.findRun(runId, access());
		return run.map(StoredRun::toWorkflowRun);
	}

	@Override
	public Page<RunSummary> listRuns(RunQuery query, RunPage page) {
		RunQuery visible = query.visibleTo(this.viewer.everybody() ? null : access());
		boolean oneMore = page.limit() < RunPage.MAX_LIMIT;
		List<RunSummary> found = this.repository.listRuns(visible,
				new RunPage(page.limit() + (oneMore ? 1 : 0), page.after()));
		List<RunSummary> items = found.subList(0, Math.min(page.limit(), found.size()));
		boolean more = found.size() > page.limit() || (!oneMore && found.size() == page.limit());
		return new Page<>(items, more ? items.get(items.size() - 1).cursor() : null);
	}

	@Override
	public WorkflowSession exportSession(String sessionId) {
		StoredSession session = require(sessionId);
		List<SessionRun> runs = new ArrayList<>();
		exportRuns(sessionId).forEachRemaining(runs::add);
		return this.documents.document(session).withRuns(runs);
	}

	@Override
	public Iterator<SessionRun> exportRuns(String sessionId) {
		return new ExportedRuns(this.repository, sessionId, accessToExisting(sessionId), this.documents::document);
	}

	@Override
	public WorkflowSession importSession(WorkflowSession session) {
		SessionDocuments.Rows rows = this.documents.rows(session);
		if (!this.viewer.everybody() && !rows.session().allows(access())) {
			String whose = (session.userId() != null) ? "user '" + session.userId() + "'s, who" : "nobody's, which";
			throw new IllegalArgumentException("Session '" + session.sessionId() + "' is " + whose
					+ " is not the current user; import it with asUser(...) if this is intended");
		}
		try {
			this.repository.create(rows.session(), rows.runs());
		}
		catch (SessionExistsException ex) {
			throw isAnothers(session.sessionId()) ? new SessionNotFoundException(session.sessionId()) : ex;
		}
		return this.documents.document(rows.session());
	}

	/**
	 * Returns whether the id belongs to another user's session, which is reported as not
	 * found, as for runs and reads.
	 */
	private boolean isAnothers(String sessionId) {
		return !this.viewer.everybody()
				&& this.repository.findSummary(sessionId).filter((found) -> !isVisible(found)).isPresent();
	}

	private StoredSession require(String sessionId) {
		return visible(sessionId).orElseThrow(() -> new SessionNotFoundException(sessionId));
	}

	private Optional<StoredSession> visible(String sessionId) {
		if (this.viewer.everybody()) {
			return this.repository.find(Ids.requireSessionId(sessionId));
		}
		SessionAccess access = access();
		return this.repository.find(Ids.requireSessionId(sessionId), access);
	}

	/** What decides who may see a session, and nothing of what it holds. */
	private Optional<SessionSummary> visibleSummary(String sessionId) {
		if (!this.viewer.everybody()) {
			access();
		}
		return this.repository.findSummary(Ids.requireSessionId(sessionId)).filter(this::isVisible);
	}

	private boolean isVisible(SessionSummary session) {
		return this.viewer.everybody() || access().allows(session.userId(), session.workflowId());
	}

	/** In whose name a session is read that must be there. */
	private SessionAccess accessToExisting(String sessionId) {
		SessionSummary session = visibleSummary(sessionId).orElseThrow(() -> new SessionNotFoundException(sessionId));
		return this.viewer.everybody() ? SessionAccess.ofUser(session.userId()) : access();
	}

	/**
	 * Returns the access for writing a session: on behalf of its user if this view is of
	 * all users.
	 */
	private SessionAccess accessTo(String sessionId) {
		String checked = Ids.requireSessionId(sessionId);
		return this.viewer.everybody()
				? SessionAccess.ofUser(this.repository.findSummary(checked).map(SessionSummary::userId).orElse(null))
				: access();
	}

	private SessionAccess access() {
		return this.viewer.access();
	}

	/**
	 * The user of a view.
	 *
	 * @param user supplies the user's id, or {@code null} for no user
	 * @param required whether calls without a user are refused
	 * @param includeUnowned whether sessions without a user are visible too
	 * @param everybody whether all sessions are visible, whoever the user is
	 */
	private record Viewer(Supplier<@Nullable String> user, boolean required, boolean includeUnowned,
			boolean everybody) {

		private SessionAccess access() {
			String current = this.user.get();
			if (current == null && this.required) {
				throw new UserRequiredException("Access to the workflow sessions",
						"sign in, open a WorkflowScope with a user, or use asUser(...)");
			}
			return new SessionAccess(current, null, this.includeUnowned || current == null);
		}

	}

}
