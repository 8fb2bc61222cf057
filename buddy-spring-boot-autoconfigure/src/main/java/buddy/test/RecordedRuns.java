package buddy.test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.session.SessionAccess;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.RunStep;
import buddy.workflow.WorkflowRuns;

/**
 * The runs of the current test, of all users.
 */
public final class RecordedRuns implements RunEventListener {

	private static final int MAX_STEPS = 100_000;

	private final Supplier<WorkflowSessionRepository> store;

	private final Supplier<WorkflowSessions> sessions;

	private final Supplier<WorkflowRuns> runs;

	private final RunCrashes crashes;

	private final List<Event> events = new CopyOnWriteArrayList<>();

	/**
	 * Creates an instance.
	 * @param store supplies the store
	 * @param sessions supplies the sessions
	 * @param runs supplies the runs, with their steps
	 * @param crashes counts the calls of steps
	 */
	public RecordedRuns(Supplier<WorkflowSessionRepository> store, Supplier<WorkflowSessions> sessions,
			Supplier<WorkflowRuns> runs, RunCrashes crashes) {
		this.store = store;
		this.sessions = sessions;
		this.runs = runs;
		this.crashes = crashes;
	}

	/**
	 * Returns the run of a response.
	 * @param response the result of {@code run()}
	 * @return the run
	 * @throws AssertionError if there is none
	 */
	public RecordedRun of(RunResponse response) {
		String runId = response.runId();
		if (runId == null) {
			throw new AssertionError(
					"The response has no run_id, so it was not returned by a workflow bean: " + response);
		}
		return find(runId);
	}

	/**
	 * Returns a run.
	 * @param runId the run
	 * @return the run
	 * @throws AssertionError if there is none
	 */
	public RecordedRun find(String runId) {
		StoredRun stored = this.store.get()
			.findRun(runId)
			.orElseThrow(() -> new AssertionError("There is no run '" + runId + "' in the store; there were " + ids()));
		return recorded(stored.toWorkflowRun());
	}

	/**
	 * Returns the run that began last.
	 * @return the run
	 * @throws AssertionError if there was none
	 */
	public RecordedRun last() {
		List<String> ids = ids();
		if (ids.isEmpty()) {
			throw new AssertionError("No workflow was run; call run() through the injected bean");
		}
		return find(ids.get(ids.size() - 1));
	}

	/**
	 * Returns all runs, including nested ones.
	 * @return the runs, in the order of their first events
	 */
	public List<RecordedRun> all() {
		return ids().stream().map(this::find).toList();
	}

	@Override
	public void onEvent(RunContext run, RunResponseEvent event) {
		this.events.add(new Event(run.key(), event));
	}

	/**
	 * Forgets the runs and deletes their sessions.
	 */
	public void reset() {
		this.events.stream()
			.filter(distinctSessions())
			.forEach((event) -> this.store.get()
				.delete(event.run.sessionId(), new SessionAccess(event.run.userId(), null, true)));
		forget();
	}

	/** Forgets the runs, which stay in the store. */
	public void forget() {
		this.events.clear();
	}

	private static Predicate<Event> distinctSessions() {
		Set<String> seen = new HashSet<>();
		return (event) -> seen.add(event.run.sessionId());
	}

	private RecordedRun recorded(WorkflowRun run) {
		StoredSession session = this.store.get()
			.find(run.sessionId())
			.orElseThrow(() -> new AssertionError("The session '" + run.sessionId() + "' of the run is gone"));
		WorkflowSession document = this.sessions.get()
			.asUser(session.userId())
			.find(run.sessionId())
			.orElseThrow(() -> new AssertionError("The session '" + run.sessionId() + "' of the run is gone"));
		return new RecordedRun(run, document,
				this.events.stream()
					.filter((event) -> event.run.runId().equals(run.runId()))
					.map(Event::event)
					.toList(),
				steps(run.runId()), this.crashes.calls(run.runId()));
	}

	/** A store may come without a journal. */
	private List<RunStep> steps(String runId) {
		if (!this.crashes.hasJournal()) {
			return List.of();
		}
		return this.runs.get().ofEverybody().steps(runId, null, MAX_STEPS);
	}

	private List<String> ids() {
		return this.events.stream().map((event) -> event.run.runId()).distinct().toList();
	}

	private record Event(RunKey run, RunResponseEvent event) {
	}

}
