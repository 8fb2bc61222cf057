package sample.workflows;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import buddy.run.RunStatus;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.WorkflowSessions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSchedule;
import buddy.workflow.WorkflowSettings;

/**
 * Sums up what the runs of the last hour did. It begins by itself at every full hour,
 * once on whichever node.
 */
@WorkflowSchedule(cron = "0 0 * * * *")
public class DigestWorkflow extends Workflow {

	private static final Duration HOUR = Duration.ofHours(1);

	private final WorkflowSessions sessions;

	public DigestWorkflow(WorkflowSessions sessions) {
		super(WorkflowSettings.builder().description("Sum up what the runs of the last hour did.").build());
		this.sessions = sessions.ofEverybody();
	}

	public String run() {
		Map<String, Map<RunStatus, Integer>> counts = new TreeMap<>();
		Instant end = now();
		RunQuery lastHour = RunQuery.all().begun(end.minus(HOUR), end);
		RunPage page = RunPage.first(RunPage.MAX_LIMIT);
		while (page != null) {
			Page<RunSummary> found = this.sessions.listRuns(lastHour, page);
			found.items()
				.stream()
				.filter((run) -> !run.workflowId().equals(workflowId()))
				.forEach((run) -> counts.computeIfAbsent(run.workflowId(), (id) -> new EnumMap<>(RunStatus.class))
					.merge(run.status(), 1, Integer::sum));
			page = (found.next() != null) ? new RunPage(RunPage.MAX_LIMIT, found.next()) : null;
		}
		return counts.isEmpty() ? "Nothing has run in the last hour."
				: "In the last hour: " + counts.entrySet()
					.stream()
					.map((one) -> one.getKey() + " " + one.getValue())
					.collect(Collectors.joining(", ")) + ".";
	}

}
