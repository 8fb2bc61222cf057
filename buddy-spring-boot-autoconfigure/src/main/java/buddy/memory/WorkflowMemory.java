package buddy.memory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import buddy.run.Message;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * The earlier runs of a session, read from the store when they are asked for and never as
 * a whole. Runs that have not ended are not among them.
 */
public final class WorkflowMemory {

	private final WorkflowSessionRepository repository;

	private final String sessionId;

	private final SessionAccess access;

	private final MemoryOptions options;

	/**
	 * Opens the memory of a session.
	 * @param repository where the runs are
	 * @param sessionId the session
	 * @param access in whose name it is remembered; if the session becomes another's
	 * meanwhile, the memory is empty
	 * @param options how much of it is at hand
	 */
	public WorkflowMemory(WorkflowSessionRepository repository, String sessionId, SessionAccess access,
			MemoryOptions options) {
		this.repository = repository;
		this.sessionId = sessionId;
		this.access = access;
		this.options = options;
	}

	/**
	 * Returns the latest runs, as many as the options say.
	 * @return the runs, newest last
	 */
	public List<WorkflowRun> runs() {
		return lastRuns(this.options.runs());
	}

	/**
	 * Returns the latest runs.
	 * @param count how many at the most, 1 to 1000
	 * @return the runs, newest last
	 */
	public List<WorkflowRun> lastRuns(int count) {
		List<WorkflowRun> found = new ArrayList<>();
		RunPage page = RunPage.first(count);
		while (true) {
			List<StoredRun> runs = this.repository.runs(this.sessionId, this.access, page);
			runs.stream()
				.filter((run) -> run.status().isTerminal())
				.limit((long) count - found.size())
				.map(StoredRun::toWorkflowRun)
				.forEach(found::add);
			if (found.size() >= count || runs.size() < page.limit()) {
				Collections.reverse(found);
				return List.copyOf(found);
			}
			page = page.after(runs.get(runs.size() - 1).cursor());
		}
	}

	/**
	 * Finds an earlier run of this session.
	 * @param runId the run
	 * @return the run, if it is one of this session's and has ended
	 */
	public Optional<WorkflowRun> find(String runId) {
		return this.repository.findRun(runId, this.access)
			.filter((run) -> run.sessionId().equals(this.sessionId) && run.status().isTerminal())
			.map(StoredRun::toWorkflowRun);
	}

	/**
	 * Returns the messages of the latest runs, no more than the options say.
	 * @param lastRuns how many runs to look at, 1 to 1000
	 * @return the messages, newest last
	 */
	public List<Message> messages(int lastRuns) {
		List<Message> messages = lastRuns(lastRuns).stream()
			.flatMap((run) -> (run.response() != null) ? run.response().messages().stream() : null)
			.toList();
		return messages.subList(Math.max(0, messages.size() - this.options.messages()), messages.size());
	}

	/**
	 * Forgets the earlier runs: deletes them from the store, at once and whatever the end
	 * of the run in progress. The session and its state stay.
	 * @return how many there were
	 */
	public int clear() {
		return this.repository.deleteRuns(this.sessionId, this.access);
	}

}
