package buddy.observability;

import java.util.List;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import buddy.observability.BuddyObservation.RunLowCardinalityKey;
import buddy.run.RunContext;
import buddy.run.RunEnding;
import buddy.run.RunEventListener;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunResponseEvent;
import buddy.run.RunStart;
import buddy.run.RunStatus;

/**
 * Counts runs that fail, are cancelled or refused, and conflicts of session states.
 */
final class RunMetrics implements RunInterceptor, RunEventListener {

	private static final String WORKFLOW = RunLowCardinalityKey.WORKFLOW_ID.asString();

	private static final String CAUSE = RunLowCardinalityKey.CAUSE.asString();

	private static final String ERROR_TYPE = RunLowCardinalityKey.ERROR_TYPE.asString();

	private final MeterProvider<Counter> conflicts;

	private final MeterProvider<Counter> cancelled;

	private final MeterProvider<Counter> failed;

	private final MeterProvider<Counter> refused;

	RunMetrics(MeterRegistry registry) {
		this.conflicts = counter(registry, "buddy.session.state.conflicts",
				"Runs that set the same session state keys as another run, and whose values were stored");
		this.cancelled = counter(registry, "buddy.runs.cancelled", "Runs that ended as cancelled, by cause");
		this.failed = counter(registry, "buddy.runs.failed", "Runs that ended as error, by type of the exception");
		this.refused = counter(registry, "buddy.runs.refused",
				"Runs whose session could not be opened, by type of the exception");
	}

	private static MeterProvider<Counter> counter(MeterRegistry registry, String name, String description) {
		return Counter.builder(name).description(description).withRegistry(registry);
	}

	@Override
	public RunInterception starting(RunStart run) {
		return new CountedRun(run.workflowId());
	}

	@Override
	public void onEvent(RunContext run, RunResponseEvent event) {
		// only conflicts are counted
	}

	@Override
	public void onSessionStateConflict(RunContext run, List<String> keys) {
		this.conflicts.withTag(WORKFLOW, run.workflowId()).increment();
	}

	private final class CountedRun implements RunInterception {

		private final String workflowId;

		CountedRun(String workflowId) {
			this.workflowId = workflowId;
		}

		@Override
		public Entry enter() {
			return Entry.NONE;
		}

		@Override
		public void ended(RunEnding ending) {
			RunStatus status = ending.status();
			if (status == null) {
				count(RunMetrics.this.refused, ERROR_TYPE, RunOutcome.errorType(ending));
			}
			else if (status == RunStatus.ERROR) {
				count(RunMetrics.this.failed, ERROR_TYPE, RunOutcome.errorType(ending));
			}
			else if (status == RunStatus.CANCELLED) {
				count(RunMetrics.this.cancelled, CAUSE, RunOutcome.cause(ending));
			}
		}

		private void count(MeterProvider<Counter> counter, String key, String value) {
			counter.withTags(Tags.of(WORKFLOW, this.workflowId, key, value)).increment();
		}

	}

}
