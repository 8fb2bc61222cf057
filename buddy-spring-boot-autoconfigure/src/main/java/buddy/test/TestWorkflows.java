package buddy.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import buddy.durable.MapRunJournal;
import buddy.durable.MapRunWaits;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunPaused;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.workflow.DurableOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

/**
 * Workflows without a container, whose runs and steps are recorded in memory: for plain
 * unit tests that look at runs, or let them crash.
 *
 * <pre>
 * TestWorkflows workflows = new TestWorkflows();
 * OrderWorkflow orders = workflows.proxy(new OrderWorkflow(payments));
 * String runId = workflows.crashes().crashAfter("charge").in(() -&gt; orders.run("A-1"));
 * workflows.crashes().resume(runId);
 * assertThat(workflows.runs().find(runId)).completed().hasCalledOnce("charge");
 * </pre>
 */
public final class TestWorkflows {

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final SettableClock clock = new SettableClock();

	private final MapRunWaits waits = new MapRunWaits(this.store, new MapRunJournal(this.store), this.clock);

	private final LeftRuns left = new LeftRuns();

	private final Map<String, Workflow> workflows = new ConcurrentHashMap<>();

	private final RunCrashes crashes = new RunCrashes(this::workflowRuns, () -> this.store, () -> null);

	private final RecordedRuns runs;

	private final WorkflowRunner runner;

	/**
	 * Creates an instance with an empty store.
	 */
	public TestWorkflows() {
		this(DurableOptions.DEFAULTS);
	}

	/**
	 * Creates an instance with an empty store.
	 * @param options how steps are recorded, and how runs are continued
	 */
	public TestWorkflows(DurableOptions options) {
		DefaultWorkflowSessions sessions = new DefaultWorkflowSessions(this.store, () -> null, this.clock);
		this.runs = new RecordedRuns(() -> this.store, () -> sessions, this::workflowRuns, this.crashes);
		this.runner = WorkflowRunner.over(() -> this.store)
			.clock(this.clock)
			.listeners(List.of(this.crashes, this.runs, this.left))
			.interceptors(List.of(this.crashes))
			.durable(this.crashes.around(this.waits.journal()), options)
			.waits(this.waits)
			.build();
	}

	/**
	 * Returns a proxy of a workflow that records its runs here. Runs of its id are
	 * continued with it, as after a new start of the application.
	 * @param workflow the workflow
	 * @param <W> the type of the workflow
	 * @return the proxy to call
	 */
	public <W extends Workflow> W proxy(W workflow) {
		W proxy = Workflows.proxy(workflow, this.runner);
		this.workflows.put(workflow.workflowId(), proxy);
		return proxy;
	}

	/**
	 * Returns the runs as they are recorded.
	 * @return the runs of all workflows
	 */
	public RecordedRuns runs() {
		return this.runs;
	}

	/**
	 * Returns what lets runs crash and continues them.
	 * @return the crashes
	 */
	public RunCrashes crashes() {
		return this.crashes;
	}

	/**
	 * Answers a question of a run, and waits until the run has ended or waits again.
	 * @param runId the run that asks
	 * @param question the key of the question
	 * @param answer the answer
	 * @return the run that goes on, which is the outermost one if others have called the
	 * run that asks
	 */
	public RecordedRun answer(String runId, String question, @Nullable Object answer) {
		String root = root(runId);
		CompletableFuture<String> left = this.left.next(root);
		workflowRuns().answer(runId, question, answer);
		return this.runs.find(left.orTimeout(30, TimeUnit.SECONDS).join());
	}

	/**
	 * Lets time pass, and waits until a run whose time has come has ended or waits again.
	 * @param time how much
	 * @param runId the run, or one that it has called
	 * @return the run that goes on
	 */
	public RecordedRun pass(Duration time, String runId) {
		String root = root(runId);
		CompletableFuture<String> left = this.left.next(root);
		this.clock.advance(time);
		this.runner.continueDue(registered());
		if (this.store.findRun(root).filter((run) -> run.status().isTerminal()).isPresent()) {
			return this.runs.find(root); // its deadline is over, so that it did not go on
		}
		return this.runs.find(left.orTimeout(30, TimeUnit.SECONDS).join());
	}

	private String root(String runId) {
		String root = runId;
		for (String next = runId; next != null; next = this.store.findRun(next)
			.map(StoredRun::parentRunId)
			.orElse(null)) {
			root = next;
		}
		return root;
	}

	/**
	 * Returns the runs as an application sees them.
	 * @return the runs of all users
	 */
	public WorkflowRuns workflowRuns() {
		return this.runner.runs(() -> null, registered()).ofEverybody();
	}

	private RegisteredWorkflows registered() {
		RegisteredWorkflows registered = new RegisteredWorkflows(Map.of());
		this.workflows.forEach(registered::register);
		return registered;
	}

	/**
	 * Returns the clock of the runs.
	 * @return the clock, which only moves when the test moves it
	 */
	public SettableClock clock() {
		return this.clock;
	}

	/**
	 * Returns the store of sessions and runs.
	 * @return the store
	 */
	public MapWorkflowSessionRepository store() {
		return this.store;
	}

	/** Tells when executions of runs are over. */
	private static final class LeftRuns implements RunEventListener {

		private final Map<String, CompletableFuture<String>> awaited = new ConcurrentHashMap<>();

		CompletableFuture<String> next(String runId) {
			CompletableFuture<String> next = new CompletableFuture<>();
			this.awaited.put(runId, next);
			return next;
		}

		@Override
		public void onEvent(RunContext run, RunResponseEvent event) {
			boolean left = event instanceof WorkflowCompleted || event instanceof WorkflowError
					|| event instanceof WorkflowCancelled
					|| event instanceof RunPaused && event.header().agentId() == null;
			CompletableFuture<String> next = left ? this.awaited.remove(run.runId()) : null;
			if (next != null) {
				next.complete(run.runId());
			}
		}

	}

}
