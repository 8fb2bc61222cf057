package buddy.observability;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import buddy.run.RunStatus;
import buddy.workflow.WorkflowRuns;

/**
 * Gauges for the runs of this process.
 */
final class LiveRunMetrics implements MeterBinder {

	private final WorkflowRuns runs;

	LiveRunMetrics(WorkflowRuns runs) {
		this.runs = runs.ofEverybody();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("buddy.runs.running", this.runs, (all) -> count(all, RunStatus.RUNNING))
			.description("Runs of this process that are in progress")
			.register(registry);
		Gauge.builder("buddy.runs.waiting", this.runs, (all) -> count(all, RunStatus.PENDING))
			.description("Runs of this process that wait for their turn in a session")
			.register(registry);
	}

	private static double count(WorkflowRuns runs, RunStatus status) {
		return runs.ofThisNode().stream().filter((run) -> run.status() == status).count();
	}

}
