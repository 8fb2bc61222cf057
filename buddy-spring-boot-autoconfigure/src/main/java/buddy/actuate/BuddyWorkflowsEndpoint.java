package buddy.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import buddy.actuate.WorkflowsReport.CancelReport;
import buddy.actuate.WorkflowsReport.LiveEntry;
import buddy.actuate.WorkflowsReport.NodeEntry;
import buddy.actuate.WorkflowsReport.ParkedEntry;
import buddy.actuate.WorkflowsReport.UnfinishedEntry;
import buddy.actuate.WorkflowsReport.WorkflowEntry;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;
import buddy.storage.RunOwners.ParkedRun;
import buddy.workflow.NodeRun;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

/**
 * Actuator endpoint that shows the workflows, the runs of this process, the unfinished
 * and the parked runs in the store, and cancels runs.
 */
@Endpoint(id = "buddyworkflows")
public final class BuddyWorkflowsEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(BuddyWorkflowsEndpoint.class);

	/** The maximum number of unfinished runs to show, newest first. */
	private static final int MAX_UNFINISHED = 100;

	/** The maximum number of nodes to show. */
	private static final int MAX_NODES = 100;

	/** The maximum time in which the store must list the parked runs. */
	private static final Duration MAX_LOOK = Duration.ofSeconds(10);

	private final WorkflowRegistry workflows;

	private final WorkflowRuns runs;

	private final @Nullable RunOwners owners;

	private final Clock clock;

	private final Sanitizer sanitizer;

	private final Show showValues;

	BuddyWorkflowsEndpoint(WorkflowRegistry workflows, WorkflowRuns runs, @Nullable RunOwners owners, Clock clock,
			Sanitizer sanitizer, Show showValues) {
		this.workflows = workflows;
		this.runs = runs.ofEverybody();
		this.owners = owners;
		this.clock = clock;
		this.sanitizer = sanitizer;
		this.showValues = showValues;
	}

	@ReadOperation
	WorkflowsReport workflows() {
		return workflows(this.showValues == Show.ALWAYS);
	}

	@ReadOperation
	@Nullable WorkflowsReport workflow(@Selector String workflowId) {
		return workflow(workflowId, this.showValues == Show.ALWAYS);
	}

	@WriteOperation
	CancelReport cancel(@Selector String runId, @Nullable String reason) {
		String why = (reason != null && !reason.isBlank()) ? reason : "it was cancelled by an operator";
		return new CancelReport(runId, this.runs.cancel(runId, why));
	}

	WorkflowsReport workflows(boolean showValues) {
		return report(this.workflows.workflows(), (id) -> true, showValues);
	}

	@Nullable WorkflowsReport workflow(String workflowId, boolean showValues) {
		Optional<WorkflowDescriptor> workflow = this.workflows.find(workflowId);
		return workflow.map((found) -> report(List.of(found), workflowId::equals, showValues)).orElse(null);
	}

	private WorkflowsReport report(List<WorkflowDescriptor> described, Predicate<String> ofWorkflow,
			boolean showValues) {
		ShownValues values = new ShownValues(this.sanitizer, showValues);
		Instant now = this.clock.instant();
		Page<UnfinishedRun> unfinished = new Page<>(List.of(), null);
		List<ParkedRun> parked = List.of();
		List<NodeEntry> nodes = List.of();
		int interrupted = 0;
		Long paused = null;
		Long queued = null;
		String error = null;
		try {
			unfinished = this.runs.unfinished(RunPage.first(MAX_UNFINISHED));
			if (this.owners != null) {
				Overview overview = this.owners.overview(MAX_LOOK);
				interrupted = overview.interrupted();
				paused = overview.paused();
				nodes = this.owners.nodes(MAX_NODES, MAX_LOOK)
					.stream()
					.map((node) -> new NodeEntry(node.nodeId(), node.startedAt(), node.seenAt(), node.expiresAt(),
							node.alive(), node.runs()))
					.toList();
				queued = overview.queued();
				parked = this.owners.parked(BuddyHealthIndicator.NEWEST, now, MAX_LOOK);
			}
		}
		catch (RuntimeException ex) {
			// the runs of this process are still shown
			logger.warn("The unfinished and parked runs could not be read from the store", ex);
			error = ex.getClass().getName();
		}
		return new WorkflowsReport(this.runs.nodeId(), described.stream().map(WorkflowEntry::of).toList(),
				this.runs.ofThisNode()
					.stream()
					.filter((run) -> ofWorkflow.test(run.workflowId()))
					.map((run) -> live(run, now, values))
					.toList(),
				unfinished.items()
					.stream()
					.filter((run) -> ofWorkflow.test(run.workflowId()))
					.map((run) -> unfinished(run, now, values))
					.toList(),
				unfinished.next() != null, interrupted, paused, queued,
				parked.stream()
					.filter((run) -> ofWorkflow.test(run.workflowId()))
					.map((run) -> parked(run, values))
					.toList(),
				nodes, error);
	}

	private LiveEntry live(NodeRun run, Instant now, ShownValues values) {
		return new LiveEntry(run.runId(), run.workflowId(), run.sessionId(), run.parentRunId(), run.status(),
				run.createdAt(), age(run.createdAt(), now), this.runs.nodeId(), run.cancelReason(),
				values.value("user_id", run.userId()), values.values(run.input()));
	}

	private static UnfinishedEntry unfinished(UnfinishedRun run, Instant now, ShownValues values) {
		return new UnfinishedEntry(run.runId(), run.workflowId(), run.sessionId(), run.status(), run.createdAt(),
				age(run.createdAt(), now), run.ownerNode(), run.ownerAlive(), run.ownerStartedAt(), run.ownerSeenAt(),
				run.cancelReason(), values.value("user_id", run.userId()));
	}

	private static ParkedEntry parked(ParkedRun run, ShownValues values) {
		return new ParkedEntry(run.runId(), run.workflowId(), run.sessionId(), run.reason(), run.createdAt(),
				run.endedAt(), values.value("user_id", run.userId()));
	}

	private static double age(Instant since, Instant now) {
		return Math.max(0, Duration.between(since, now).toMillis()) / 1000.0;
	}

}
