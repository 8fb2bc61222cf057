package buddy.session;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
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
 * apart from one that does not exist.
 */
public final class WorkflowSessions {

	private final WorkflowSessionRepository repository;

	private final Supplier<@Nullable String> user;

	private final SessionDocuments documents;

	/**
	 * Creates the view of a user.
	 * @param repository where sessions and runs are stored
	 * @param user tells the current user's id, or {@code null} for nobody
	 * @param clock tells the time
	 */
	public WorkflowSessions(WorkflowSessionRepository repository, Supplier<@Nullable String> user, Clock clock) {
		this(repository, user, new SessionDocuments(clock, new RunIds(clock)));
	}

	private WorkflowSessions(WorkflowSessionRepository repository, Supplier<@Nullable String> user,
			SessionDocuments documents) {
		this.repository = repository;
		this.user = user;
		this.documents = documents;
	}

	/**
	 * Returns the view of one user, whoever is the current one.
	 * @param userId the user's id, or {@code null} for nobody
	 * @return the view
	 */
	public WorkflowSessions asUser(@Nullable String userId) {
		String checked = Ids.requireUserId(userId);
		return new WorkflowSessions(this.repository, () -> checked, this.documents);
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
	 * Lists sessions, last used first, without their runs.
	 * @param query which ones
	 * @param page how many, and after which
	 * @return those of them that the user may see
	 */
	public Page<WorkflowSession> list(SessionQuery query, RunPage page) {
		String current = this.user.get();
		List<StoredSession> seen = new ArrayList<>();
		RunPage next = page;
		boolean more = true;
		while (more && seen.size() <= page.limit()) {
			List<StoredSession> found = this.repository.list(query, next);
			found.stream().filter((session) -> session.isOpenTo(current)).forEach(seen::add);
			more = found.size() == next.limit();
			next = more ? next.after(cursor(found.get(found.size() - 1))) : next;
		}
		boolean cut = seen.size() > page.limit();
		List<StoredSession> items = cut ? seen.subList(0, page.limit()) : seen;
		return new Page<>(items.stream().map(this.documents::document).toList(),
				cut ? cursor(items.get(items.size() - 1)) : null);
	}

	/**
	 * Lists the sessions that were used last, without their runs.
	 * @param count how many at the most
	 * @return those of them that the user may see, last used first
	 */
	public List<WorkflowSession> recent(int count) {
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
		require(sessionId);
		if (!this.repository.rename(sessionId, name)) {
			throw new SessionNotFoundException(sessionId);
		}
	}

	/**
	 * Deletes a session and its runs.
	 * @param sessionId the session
	 * @return whether there was one that the user may see
	 */
	public boolean delete(String sessionId) {
		return visible(sessionId).isPresent() && this.repository.delete(sessionId);
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
		List<StoredRun> runs = this.repository.runs(sessionId, page);
		Cursor next = (runs.size() == page.limit()) ? runs.get(runs.size() - 1).cursor() : null;
		return new Page<>(runs.stream().map(StoredRun::toWorkflowRun).toList(), next);
	}

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, if the user may see its session
	 */
	public Optional<WorkflowRun> findRun(String runId) {
		return this.repository.findRun(runId)
			.filter((run) -> visible(run.sessionId()).isPresent())
			.map(StoredRun::toWorkflowRun);
	}

	/**
	 * Returns a session with all of its runs.
	 * @param sessionId the session
	 * @return the session, its runs oldest first
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	public WorkflowSession exportSession(String sessionId) {
		StoredSession session = require(sessionId);
		List<SessionRun> runs = new ArrayList<>();
		RunPage page = RunPage.first(RunPage.MAX_LIMIT);
		List<StoredRun> found = this.repository.runs(sessionId, page);
		while (!found.isEmpty()) {
			found.forEach((run) -> runs.add(this.documents.document(run)));
			page = page.after(found.get(found.size() - 1).cursor());
			found = (found.size() == page.limit()) ? this.repository.runs(sessionId, page) : List.of();
		}
		Collections.reverse(runs);
		return this.documents.document(session).withRuns(runs);
	}

	/**
	 * Stores a session with its runs, as the framework or {@link #exportSession} wrote
	 * it; runs of its workflow then continue it. A run that the document leaves
	 * unfinished counts as completed.
	 * @param session the session, of the current user or of nobody
	 * @return the session as it is stored, without its runs
	 * @throws SessionExistsException if its id, or the id of one of its runs, is taken
	 * @throws IllegalArgumentException if it is another user's, or names no workflow
	 * @throws buddy.json.UnstorableValueException if a value cannot be stored
	 */
	public WorkflowSession importSession(WorkflowSession session) {
		SessionDocuments.Rows rows = this.documents.rows(session);
		if (!rows.session().isOpenTo(this.user.get())) {
			throw new IllegalArgumentException("Session '" + session.sessionId() + "' is user '" + session.userId()
					+ "'s, who is not the current user; import it with asUser(...) if that is meant");
		}
		this.repository.create(rows.session(), rows.runs());
		return this.documents.document(rows.session());
	}

	private StoredSession require(String sessionId) {
		return visible(sessionId).orElseThrow(() -> new SessionNotFoundException(sessionId));
	}

	private Optional<StoredSession> visible(String sessionId) {
		String current = this.user.get();
		return this.repository.find(Ids.requireSessionId(sessionId)).filter((session) -> session.isOpenTo(current));
	}

	private static Cursor cursor(StoredSession session) {
		return new Cursor(session.updatedAt(), session.sessionId());
	}

}
