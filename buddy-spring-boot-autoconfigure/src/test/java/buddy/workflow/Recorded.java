package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;

import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store, and the events of every run that went to it.
 */
public class Recorded {

	public final SettableClock clock = new SettableClock();

	public final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	public final List<RunResponseEvent> events = new CopyOnWriteArrayList<>();

	public <W extends Workflow> W proxy(W workflow) {
		return proxy(workflow, this.repository);
	}

	public <W extends Workflow> W proxy(W workflow, WorkflowSessionRepository store) {
		return Workflows.proxy(workflow, runner(store).build());
	}

	public WorkflowRunner.Builder runner(WorkflowSessionRepository store) {
		return WorkflowRunner.over(() -> store)
			.clock(this.clock)
			.listeners(List.of((run, event) -> this.events.add(event)));
	}

	public List<WorkflowRun> runs(String sessionId) {
		List<StoredRun> newestFirst = this.repository.runs(sessionId, RunPage.first(100));
		List<WorkflowRun> runs = new ArrayList<>();
		newestFirst.forEach((run) -> runs.add(0, run.toWorkflowRun()));
		return runs;
	}

	public WorkflowRun onlyRun(String sessionId) {
		List<WorkflowRun> runs = runs(sessionId);
		assertThat(runs).hasSize(1);
		return runs.get(0);
	}

	/** The only run of a session, once it has ended. */
	public WorkflowRun endedRun(String sessionId) {
		Awaitility.await()
			.until(() -> !runs(sessionId).isEmpty()
					&& runs(sessionId).stream().allMatch((run) -> run.status().isTerminal()));
		return onlyRun(sessionId);
	}

	public List<String> eventNames() {
		return this.events.stream().map(RunResponseEvent::event).toList();
	}

}
