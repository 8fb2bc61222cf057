package buddy.storage.jpa;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import buddy.session.EndOutcome;
import buddy.session.MapWorkflowSessionRepository;
import buddy.session.NewRun;
import buddy.session.OpenedSession;
import buddy.session.RunEnd;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.session.StoredRun;
import buddy.session.StoredSession;
import buddy.session.WorkflowSessionRepository;

/**
 * Stands in for the repository over the tables, which is written elsewhere.
 */
final class JpaWorkflowSessionRepository implements WorkflowSessionRepository {

	private final WorkflowSessionRepository map = new MapWorkflowSessionRepository();

	JpaWorkflowSessionRepository(DataSource dataSource, WorkflowSessionEntityRepository sessions,
			WorkflowRunEntityRepository runs, Executor executor) {
	}

	@Override
	public OpenedSession begin(NewRun run) {
		return this.map.begin(run);
	}

	@Override
	public EndOutcome end(RunEnd end) {
		return this.map.end(end);
	}

	@Override
	public Optional<StoredSession> find(String sessionId) {
		return this.map.find(sessionId);
	}

	@Override
	public List<StoredSession> list(SessionQuery query, RunPage page) {
		return this.map.list(query, page);
	}

	@Override
	public void create(StoredSession session, List<StoredRun> runs) {
		this.map.create(session, runs);
	}

	@Override
	public boolean rename(String sessionId, @Nullable String sessionName) {
		return this.map.rename(sessionId, sessionName);
	}

	@Override
	public boolean delete(String sessionId) {
		return this.map.delete(sessionId);
	}

	@Override
	public Optional<StoredRun> findRun(String runId) {
		return this.map.findRun(runId);
	}

	@Override
	public List<StoredRun> runs(String sessionId, RunPage page) {
		return this.map.runs(sessionId, page);
	}

	@Override
	public int deleteRuns(String sessionId) {
		return this.map.deleteRuns(sessionId);
	}

}
