package buddy.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import buddy.durable.MapRunJournal;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
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
			.listeners(List.of(this.crashes, this.runs))
			.interceptors(List.of(this.crashes))
			.durable(this.crashes.around(new MapRunJournal(this.store)), options)
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
	 * Returns the runs as an application sees them.
	 * @return the runs of all users
	 */
	public WorkflowRuns workflowRuns() {
		RegisteredWorkflows registered = new RegisteredWorkflows(Map.of());
		this.workflows.forEach(registered::register);
		return this.runner.runs(() -> null, registered).ofEverybody();
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

}
