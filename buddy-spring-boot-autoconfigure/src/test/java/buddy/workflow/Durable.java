package buddy.workflow;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournalWrite;
import buddy.durable.MapRunJournal;
import buddy.durable.MapRunWaits;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.durable.StoredStep;
import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.test.RunCrashes;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs whose steps are recorded, and a process that dies where a test says so.
 */
public class Durable {

	public final SettableClock clock = new SettableClock();

	public final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	public final List<RunResponseEvent> events = new CopyOnWriteArrayList<>();

	/** What the bodies of steps did, in the order in which they did it. */
	public final List<String> calls = new CopyOnWriteArrayList<>();

	private final MapRunJournal journal = new MapRunJournal(this.repository);

	private final MapRunWaits waits = new MapRunWaits(this.repository, this.journal, this.clock);

	private final RunCrashes crashes = new RunCrashes(this::runs, () -> this.repository, () -> null);

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	public final WorkflowRunner runner;

	private volatile Predicate<StoredStep> fencedAfter = (step) -> false;

	private RunCrashes.@Nullable Crash crash;

	public Durable() {
		this(DurableOptions.DEFAULTS);
	}

	public Durable(DurableOptions options) {
		this.runner = WorkflowRunner.over(() -> this.repository)
			.clock(this.clock)
			.listeners(List.of(this.crashes, (run, event) -> this.events.add(event)))
			.interceptors(List.of(this.crashes))
			.durable(this.crashes.around(fencing(this.journal)), options)
			.waits(this.waits)
			.build();
	}

	/** Refuses a write as if another execution had just taken the run. */
	private RunJournal fencing(RunJournal journal) {
		return (RunJournal) Proxy.newProxyInstance(RunJournal.class.getClassLoader(),
				new Class<?>[] { RunJournal.class }, (proxy, method, arguments) -> {
					Object result = method.invoke(journal, arguments);
					boolean fenced = result == JournalWrite.STORED && arguments[0] instanceof StoredStep step
							&& this.fencedAfter.test(step);
					return fenced ? JournalWrite.FENCED : result;
				});
	}

	/** Registers a workflow in place of an earlier version of it. */
	public <W extends Workflow> W proxy(W workflow) {
		W bean = Workflows.proxy(workflow, this.runner);
		this.workflows.register(workflow.workflowId(), bean);
		return bean;
	}

	/** A workflow that is not registered, for a second one of an id. */
	public <W extends Workflow> W proxy(W workflow, boolean registered) {
		return registered ? proxy(workflow) : Workflows.proxy(workflow, this.runner);
	}

	private List<StoredRun> all() {
		return this.repository.listRuns(RunQuery.all(), RunPage.first(100))
			.stream()
			.map((run) -> run(run.runId()))
			.toList();
	}

	public int runCount() {
		return all().size();
	}

	public StoredRun onlyRun() {
		assertThat(all()).hasSize(1);
		return all().get(0);
	}

	public StoredRun root() {
		return all().stream().filter((run) -> run.parentRunId() == null).findFirst().orElseThrow();
	}

	public StoredRun child(String runId) {
		return all().stream().filter((run) -> runId.equals(run.parentRunId())).findFirst().orElseThrow();
	}

	public Map<String, @Nullable Object> state(String sessionId) {
		return Json.readMap(String.valueOf(this.repository.find(sessionId).orElseThrow().state()));
	}

	/** The code of a later start of the application. */
	public WorkflowRuns runsOf(Workflow... workflows) {
		RegisteredWorkflows others = new RegisteredWorkflows(Map.of());
		for (Workflow workflow : workflows) {
			others.register(workflow.workflowId(), Workflows.proxy(workflow, this.runner));
		}
		return this.runner.runs(() -> null, others);
	}

	/** Continues what is due, and waits until a run has ended or has paused again. */
	public StoredRun continued(String runId) {
		return awaited(runId, run(runId).epoch() + 1);
	}

	/** Waits until a run that goes on by itself has ended. */
	public StoredRun awaited(String runId) {
		return awaited(runId, (run) -> run.status().isTerminal());
	}

	/** Waits until a run has ended or has paused, in an execution or a later one. */
	public StoredRun awaited(String runId, int epoch) {
		return awaited(runId,
				(run) -> run.epoch() >= epoch && (run.status().isTerminal() || run.status() == RunStatus.PAUSED));
	}

	/** Looks for due runs until then, as an application does. */
	private StoredRun awaited(String runId, Predicate<StoredRun> then) {
		return await().until(() -> {
			this.runner.continueDue(this.workflows);
			return run(runId);
		}, then);
	}

	public RegisteredWorkflows workflows() {
		return this.workflows;
	}

	public RunWaits waits() {
		return this.waits;
	}

	public WorkflowRuns runs() {
		return this.runner.runs(() -> null, this.workflows);
	}

	/** Lets the process die once this step is recorded. */
	public Durable dyingAfter(String key) {
		this.crash = this.crashes.crashAfter(key);
		return this;
	}

	/** Lets another execution take the run once this step is recorded. */
	public Durable fencedAfter(String key) {
		this.fencedAfter = (step) -> step.key().equals(key);
		return this;
	}

	/** Lets the process die after the body of this step, before that is recorded. */
	public Durable dyingBefore(String key) {
		this.crash = this.crashes.crashInside(key);
		return this;
	}

	/** Calls a workflow whose process dies, and marks its run as the sweep does. */
	public String interrupted(Supplier<?> call) {
		return Objects.requireNonNull(this.crash).in(call::get);
	}

	/** Marks the run whose process has died. */
	public String markInterrupted() {
		return Objects.requireNonNull(this.crash).await();
	}

	public static RunResponse ended(StartedRun run) throws Exception {
		return run.response().toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	public StoredRun run(String runId) {
		return this.repository.findRun(runId).orElseThrow();
	}

	public RunJournal journal() {
		return this.journal;
	}

	public List<StoredStep> steps(String runId) {
		return this.journal.list(runId, null, 1000);
	}

	public List<String> keys(String runId) {
		return steps(runId).stream().map(StoredStep::key).toList();
	}

}
