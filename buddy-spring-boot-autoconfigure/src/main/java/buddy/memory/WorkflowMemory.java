package buddy.memory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

import buddy.run.Message;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * The earlier runs of a session. They are read from the store on request, never all at
 * once. Within a run, they are those that had ended when it began.
 */
public final class WorkflowMemory {

	private final WorkflowSessionRepository repository;

	private final String sessionId;

	private final SessionAccess access;

	private final MemoryOptions options;

	private final @Nullable Long until;

	private final ToIntFunction<IntSupplier> clearing;

	/**
	 * Creates the memory of a session.
	 * @param repository the repository of the runs
	 * @param sessionId the session
	 * @param access the identity that reads; if the session has another owner meanwhile,
	 * the memory is empty
	 * @param options the limits
	 */
	public WorkflowMemory(WorkflowSessionRepository repository, String sessionId, SessionAccess access,
			MemoryOptions options) {
		this(repository, sessionId, access, options, null, IntSupplier::getAsInt);
	}

	/**
	 * Creates the memory of a session for a run in it, which finds the same runs however
	 * often it is continued.
	 * @param repository the repository of the runs
	 * @param sessionId the session
	 * @param access the identity that reads
	 * @param options the limits
	 * @param until when the run began, in milliseconds since the epoch: runs that ended
	 * later are not included; or {@code null} for no limit
	 * @param clearing deletes the runs, once
	 */
	public WorkflowMemory(WorkflowSessionRepository repository, String sessionId, SessionAccess access,
			MemoryOptions options, @Nullable Long until, ToIntFunction<IntSupplier> clearing) {
		this.repository = repository;
		this.sessionId = sessionId;
		this.access = access;
		this.options = options;
		this.until = until;
		this.clearing = clearing;
	}

	/**
	 * Returns the latest runs, up to the number in the options.
	 * @return the runs, newest last
	 */
	public List<WorkflowRun> runs() {
		return lastRuns(this.options.runs());
	}

	/**
	 * Returns the latest runs.
	 * @param count the maximum number of runs, 1 to 1000
	 * @return the runs, newest last
	 */
	public List<WorkflowRun> lastRuns(int count) {
		List<WorkflowRun> found = new ArrayList<>();
		RunPage page = RunPage.first(count);
		while (true) {
			List<StoredRun> runs = this.repository.runs(this.sessionId, this.access, page);
			runs.stream()
				.filter(this::isEarlier)
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

	private boolean isEarlier(StoredRun run) {
		if (!run.status().isTerminal() || this.until == null) {
			return run.status().isTerminal();
		}
		Long ended = run.endedAt();
		return ((ended != null) ? ended : run.createdAt()) <= this.until;
	}

	/**
	 * Finds an earlier run of this session.
	 * @param runId the run
	 * @return the run, if it belongs to this session and has ended
	 */
	public Optional<WorkflowRun> find(String runId) {
		return this.repository.findRun(runId, this.access)
			.filter((run) -> run.sessionId().equals(this.sessionId) && isEarlier(run))
			.map(StoredRun::toWorkflowRun);
	}

	/**
	 * Returns the messages of the latest runs, up to the number in the options.
	 * @param lastRuns the number of runs to read, 1 to 1000
	 * @return the messages, newest last
	 */
	public List<Message> messages(int lastRuns) {
		List<Message> messages = lastRuns(lastRuns).stream()
			.flatMap((run) -> (run.response() != null) ? run.response().messages().stream() : null)
			.toList();
		return messages.subList(Math.max(0, messages.size() - this.options.messages()), messages.size());
	}

	/**
	 * Deletes the earlier runs from the store, immediately and independent of how the run
	 * in progress ends. The session and its state stay.
	 * @return the number of deleted runs
	 */
	public int clear() {
		return this.clearing.applyAsInt(() -> this.repository.deleteRuns(this.sessionId, this.access));
	}

}
