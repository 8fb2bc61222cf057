package buddy.session;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.RunIds;
import buddy.run.WorkflowRun;
import buddy.session.RunPage.Cursor;
import buddy.session.WorkflowSession.SessionRun;

/**
 * The sessions that a user may see: those of the user, and those of nobody.
 *
 * <p>
 * The bean sees with the eyes of the current user, as a run would; {@link #asUser} looks
 * for another one, for code that serves all users. Another user's session is not told
 * apart from one that does not exist. The workflows that have a store of their own are
 * not among them.
 */
public final class WorkflowSessions {

	private static final int DELETED_AT_ONCE = 10;

	private final WorkflowSessionRepository repository;

	private final Viewer viewer;

	private final SessionDocuments documents;

	/**
	 * Creates the view of a user.
	 * @param repository where sessions and runs are stored
	 * @param user tells the current user's id, or {@code null} for nobody
	 * @param clock tells the time
	 */
	public WorkflowSessions(WorkflowSessionRepository repository, Supplier<@Nullable String> user, Clock clock) {
		this(repository, new Viewer(user, false, true, false), new SessionDocuments(clock, new RunIds(clock)));
	}

	private WorkflowSessions(WorkflowSessionRepository repository, Viewer viewer, SessionDocuments documents) {
		this.repository = repository;
		this.viewer = viewer;
		this.documents = documents;
	}

	/**
	 * Returns the view of an application in which everybody is known: it refuses whom it
	 * does not know, and shows each user no sessions but that user's own. Those of nobody
	 * are left to {@code asUser(null)}.
	 * @return the view
	 */
	public WorkflowSessions requiringUser() {
		return new WorkflowSessions(this.repository, new Viewer(this.viewer.user(), true, false, false),
				this.documents);
	}

	/**
	 * Tells whether this view refuses to look without a user.
	 * @return whether it does
	 */
	public boolean requiresUser() {
		return this.viewer.required();
	}

	/**
	 * Returns the view of one user, whoever is the current one.
	 * @param userId the user's id, or {@code null} for nobody
	 * @return the view
	 */
	public WorkflowSessions asUser(@Nullable String userId) {
		String checked = Ids.requireUserId(userId);
		return new WorkflowSessions(this.repository,
				new Viewer(() -> checked, false, this.viewer.includeUnowned(), false), this.documents);
	}

	/**
	 * Returns the view of all users' sessions, for code that serves the application's
	 * operators. What it writes, it writes in the name of whom the session belongs to.
	 * @return the view
	 */
	public WorkflowSessions ofEverybody() {
		return new WorkflowSessions(this.repository, new Viewer(() -> null, false, true, true), this.documents);
	}

	/**
	 * Finds a session, without its runs.
	 * @param sessionId the session
	 * @return the session, if the user may see it
	 */
	public Optional<WorkflowSession> find(String sessionId) {
		return visible(sessionId).map(this.documents::document);
	}

	/**
	 * Lists sessions, last used first, without their states and runs, which are not read.
	 * @param query which ones
	 * @param page how many, and after which
	 * @return those of them that the user may see
	 */
	public Page<SessionSummary> list(SessionQuery query, RunPage page) {
		List<SessionSummary> found = listOneMore(this.viewer.everybody() ? query : query.visibleTo(access()), page);
		boolean cut = found.size() > page.limit();
		List<SessionSummary> items = cut ? found.subList(0, page.limit()) : found;
		return new Page<>(items, cut ? items.get(items.size() - 1).cursor() : null);
	}

	/** One more than the page holds tells that there is a next one. */
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

	/**
	 * Lists the sessions that were used last, without their states and runs; see
	 * {@link #find} for the whole of one.
	 * @param count how many at the most
	 * @return those of them that the user may see, last used first
	 */
	public List<SessionSummary> recent(int count) {
		return list(SessionQuery.all(), RunPage.first(count)).items();
	}

	/**
	 * Creates a session without runs.
	 * @param session the session; its {@code runs} must be empty
	 * @return the session as it is stored
	 * @throws SessionExistsException if its id is taken
	 */
	public WorkflowSession create(WorkflowSession session) {
		if (!session.runs().isEmpty()) {
			throw new IllegalArgumentException("Session '" + session.sessionId()
					+ "' cannot be created with runs; use importSession for a session that has some");
		}
		return importSession(session);
	}

	/**
	 * Gives a session another name.
	 * @param sessionId the session
	 * @param sessionName the name, up to 255 characters, or {@code null} for none
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	public void rename(String sessionId, @Nullable String sessionName) {
		String name = StoredSession.requireName(sessionName);
		if (!this.repository.rename(sessionId, accessTo(sessionId), name)) {
			throw new SessionNotFoundException(sessionId);
		}
	}

	/**
	 * Deletes a session and its runs.
	 * @param sessionId the session
	 * @return whether there was one that the user may see
	 */
	public boolean delete(String sessionId) {
		return this.repository.delete(sessionId, accessTo(sessionId));
	}

	/**
	 * Deletes whatever belongs to a user: the sessions and all of their runs, also runs
	 * in progress, whose ends then find nothing and say so. A run that begins meanwhile,
	 * or that is stored only when it ends, may leave a session behind: keep the user from
	 * calling workflows first, and delete once more after the last run.
	 * @param userId the user, who must be the one whose view this is
	 * @return what was deleted
	 * @throws IllegalArgumentException if this is another user's view
	 */
	public Deleted deleteUser(String userId) {
		Ids.requireUserId(userId);
		if (!userId.equals(access().userId())) {
			throw new IllegalArgumentException("User '" + userId
					+ "' is not the current user, so nothing was deleted; call asUser(...) first if that is meant");
		}
		SessionAccess owner = SessionAccess.ofOwner(userId);
		SessionQuery all = SessionQuery.all().ofUser(userId).visibleTo(owner);
		Deleted deleted = new Deleted(0, 0);
		Deleted before;
		do {
			before = deleted;
			for (SessionSummary session : this.repository.list(all, RunPage.first(DELETED_AT_ONCE))) {
				deleted = deleted.plus(delete(session.sessionId(), owner));
			}
		}
		while (deleted.sessions() > before.sessions());
		return deleted;
	}

	private Deleted delete(String sessionId, SessionAccess owner) {
		int runs = this.repository.deleteRuns(sessionId, owner);
		return new Deleted(this.repository.delete(sessionId, owner) ? 1 : 0, runs);
	}

	/**
	 * Lists the runs of a session, newest first.
	 * @param sessionId the session
	 * @param page how many, and after which
	 * @return the runs
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	public Page<WorkflowRun> runs(String sessionId, RunPage page) {
		require(sessionId);
		List<StoredRun> runs = this.repository.runs(sessionId, accessTo(sessionId), page);
		Cursor next = (runs.size() == page.limit()) ? runs.get(runs.size() - 1).cursor() : null;
		return new Page<>(runs.stream().map(StoredRun::toWorkflowRun).toList(), next);
	}

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, if the user may see its session
	 */
	public Optional<WorkflowRun> findRun(String runId) {
		Optional<StoredRun> run = this.viewer.everybody() ? this.repository.findRun(runId)
				: this.repository.findRun(runId, access());
		return run.map(StoredRun::toWorkflowRun);
	}

	/**
	 * Lists runs, newest first, without what they were given and what they gave.
	 * @param query which ones
	 * @param page how many, and after which
	 * @return those of them whose session the user may see
	 */
	public Page<RunSummary> listRuns(RunQuery query, RunPage page) {
		RunQuery visible = query.visibleTo(this.viewer.everybody() ? null : access());
		boolean oneMore = page.limit() < RunPage.MAX_LIMIT;
		List<RunSummary> found = this.repository.listRuns(visible,
				new RunPage(page.limit() + (oneMore ? 1 : 0), page.after()));
		List<RunSummary> items = found.subList(0, Math.min(page.limit(), found.size()));
		boolean more = found.size() > page.limit() || (!oneMore && found.size() == page.limit());
		return new Page<>(items, more ? items.get(items.size() - 1).cursor() : null);
	}

	/**
	 * Returns a session with all of its runs, in memory. Where they may be many or large,
	 * take {@link #find} and {@link #exportRuns} instead.
	 * @param sessionId the session
	 * @return the session, its runs oldest first
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	public WorkflowSession exportSession(String sessionId) {
		StoredSession session = require(sessionId);
		List<SessionRun> runs = new ArrayList<>();
		exportRuns(sessionId).forEachRemaining(runs::add);
		return this.documents.document(session).withRuns(runs);
	}

	/**
	 * Returns the runs of a session one by one, oldest first, as an export has them. A
	 * few are read at a time, each few by a statement of their own; runs that begin
	 * meanwhile are not among them.
	 * @param sessionId the session
	 * @return the runs
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	public Iterator<SessionRun> exportRuns(String sessionId) {
		require(sessionId);
		SessionAccess access = accessTo(sessionId);
		return new ExportedRuns(this.repository, sessionId, access, this.documents::document);
	}

	/**
	 * Stores a session with its runs, as the framework or {@link #exportSession} wrote
	 * it; runs of its workflow then continue it. A run that the document leaves
	 * unfinished counts as completed.
	 * @param session the session, of the current user or, unless a user is demanded, of
	 * nobody
	 * @return the session as it is stored, without its runs
	 * @throws SessionExistsException if its id, or the id of one of its runs, is taken
	 * @throws SessionNotFoundException if its id is that of a session that the user may
	 * not see
	 * @throws InvalidSessionException if something in it could not be read back
	 * @throws IllegalArgumentException if it is another user's, or names no workflow
	 * @throws buddy.json.UnstorableValueException if a value cannot be stored
	 */
	public WorkflowSession importSession(WorkflowSession session) {
		SessionDocuments.Rows rows = this.documents.rows(session);
		if (!this.viewer.everybody() && !rows.session().allows(access())) {
			String whose = (session.userId() != null) ? "user '" + session.userId() + "'s, who" : "nobody's, which";
			throw new IllegalArgumentException("Session '" + session.sessionId() + "' is " + whose
					+ " is not the current user; import it with asUser(...) if that is meant");
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
	 * A user is told no more of another's session than a run in it or a look at it tells.
	 */
	private boolean isAnothers(String sessionId) {
		return !this.viewer.everybody()
				&& this.repository.find(sessionId).filter((found) -> !found.allows(access())).isPresent();
	}

	private StoredSession require(String sessionId) {
		return visible(sessionId).orElseThrow(() -> new SessionNotFoundException(sessionId));
	}

	private Optional<StoredSession> visible(String sessionId) {
		if (this.viewer.everybody()) {
			return this.repository.find(Ids.requireSessionId(sessionId));
		}
		SessionAccess access = access();
		return this.repository.find(Ids.requireSessionId(sessionId)).filter((session) -> session.allows(access));
	}

	/** In whose name a session is written: of everybody, in that of its user. */
	private SessionAccess accessTo(String sessionId) {
		String checked = Ids.requireSessionId(sessionId);
		return this.viewer.everybody()
				? SessionAccess.ofUser(this.repository.find(checked).map(StoredSession::userId).orElse(null))
				: access();
	}

	private SessionAccess access() {
		return this.viewer.access();
	}

	/**
	 * What was deleted.
	 *
	 * @param sessions how many sessions
	 * @param runs how many runs of them that had ended
	 */
	public record Deleted(long sessions, long runs) {

		private Deleted plus(Deleted other) {
			return new Deleted(this.sessions + other.sessions, this.runs + other.runs);
		}

	}

	/**
	 * Who looks at the sessions.
	 *
	 * @param user tells the user's id, or {@code null} for nobody
	 * @param required whether nobody is refused
	 * @param includeUnowned whether a user sees nobody's sessions too
	 * @param everybody whether all sessions are seen, whoever the user is
	 */
	private record Viewer(Supplier<@Nullable String> user, boolean required, boolean includeUnowned,
			boolean everybody) {

		private SessionAccess access() {
			String current = this.user.get();
			if (current == null && this.required) {
				throw new UserRequiredException("A look at the workflow sessions",
						"sign in, open a WorkflowScope with a user, or use asUser(...)");
			}
			return new SessionAccess(current, null, this.includeUnowned || current == null);
		}

	}

}
