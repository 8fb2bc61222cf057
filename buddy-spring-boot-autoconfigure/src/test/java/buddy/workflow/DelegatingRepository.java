package buddy.workflow;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;

/**
 * A store that hands everything on, for tests that change one method.
 */
public class DelegatingRepository implements WorkflowSessionRepository {

	private final WorkflowSessionRepository delegate;

	public DelegatingRepository(WorkflowSessionRepository delegate) {
		this.delegate = delegate;
	}

	@Override
	public OpenedSession begin(NewRun run) {
		return this.delegate.begin(run);
	}

	@Override
	public Optional<OpenedSession> enter(NewRun run) {
		return this.delegate.enter(run);
	}

	@Override
	public boolean withdraw(NewRun run) {
		return this.delegate.withdraw(run);
	}

	@Override
	public EndOutcome end(RunEnd end) {
		return this.delegate.end(end);
	}

	@Override
	public EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		return this.delegate.endMerged(end, merge);
	}

	@Override
	public Optional<StoredSession> find(String sessionId) {
		return this.delegate.find(sessionId);
	}

	@Override
	public List<SessionSummary> list(SessionQuery query, RunPage page) {
		return this.delegate.list(query, page);
	}

	@Override
	public void create(StoredSession session, List<StoredRun> runs) {
		this.delegate.create(session, runs);
	}

	@Override
	public boolean rename(String sessionId, SessionAccess access, String sessionName) {
		return this.delegate.rename(sessionId, access, sessionName);
	}

	@Override
	public boolean delete(String sessionId, SessionAccess access) {
		return this.delegate.delete(sessionId, access);
	}

	@Override
	public Optional<StoredRun> findRun(String runId) {
		return this.delegate.findRun(runId);
	}

	@Override
	public List<StoredRun> runs(String sessionId, RunPage page) {
		return this.delegate.runs(sessionId, page);
	}

	@Override
	public List<RunSummary> listRuns(RunQuery query, RunPage page) {
		return this.delegate.listRuns(query, page);
	}

	@Override
	public int deleteRuns(String sessionId, SessionAccess access) {
		return this.delegate.deleteRuns(sessionId, access);
	}

}
