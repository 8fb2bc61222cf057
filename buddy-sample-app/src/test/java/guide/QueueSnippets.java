package guide;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.QueueLimits;
import buddy.workflow.RunHandle;
import buddy.workflow.SubmitOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;

/**
 * The code of the page on background work, which {@link BackgroundPageTests} runs.
 */
class QueueSnippets {

	static class ReportWorkflow extends Workflow {

		public String run(String topic) {
			return "report on " + topic;
		}

	}

	static class ImportWorkflow extends Workflow {

		ImportWorkflow() {
			super(WorkflowSettings.builder()
				.queueLimits(QueueLimits.none()
					.concurrency(10)
					.concurrencyPerKey(1)
					.ratePerKey(new QueueLimits.Rate(100, Duration.ofMinutes(1))))
				.build());
		}

		public String run(String file) {
			return "imported " + file;
		}

	}

	static class Caller {

		private final ReportWorkflow report;

		private final WorkflowRuns runs;

		private final TransactionTemplate transaction;

		Caller(ReportWorkflow report, WorkflowRuns runs, TransactionTemplate transaction) {
			this.report = report;
			this.runs = runs;
			this.transaction = transaction;
		}

		String submit(Runnable orders) {
			RunHandle run = this.transaction.execute((status) -> {
				orders.run();
				return this.runs.submit(this.report, (workflow) -> workflow.run("fusion"));
			});
			return run.runId();
		}

		String wait(String runId) throws TimeoutException, InterruptedException {
			RunHandle run = this.runs.handle(runId);
			RunResponse response = run.result(Duration.ofMinutes(5));
			return response.contentAsString();
		}

		void tell(RunHandle run, Consumer<RunResponseEvent> progress) {
			try (Stream<RunResponseEvent> events = run.events()) {
				events.forEach(progress);
			}
		}

		RunHandle byName() {
			return WorkflowScope.session("reports")
				.user("alice")
				.call(() -> this.runs.submit("report", Map.of("topic", "fusion"),
						SubmitOptions.none().priority(10).delay(Duration.ofMinutes(5))));
		}

		RunHandle ofTenant(String tenant) {
			return this.runs.submit("import", Map.of("file", "a.csv"), SubmitOptions.none().key(tenant));
		}

		RunHandle once(String tenant) {
			return this.runs.submit("report", Map.of("topic", "all"), SubmitOptions.none().key(tenant).singleton());
		}

		RunHandle last(String tenant) {
			SubmitOptions options = SubmitOptions.none().key(tenant).debounce(Duration.ofSeconds(30));
			return this.runs.submit("report", Map.of("topic", "all"), options);
		}

	}

}
