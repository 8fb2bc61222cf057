package buddy.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.session.WorkflowSessions;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Execution;
import buddy.storage.RunOwners.Node;

/**
 * The routes to list the nodes of the application, and those that executed a run.
 */
final class NodeRoutes {

	private static final int MOST = 100;

	/**
	 * How many unfinished runs are looked at, and how many are listed of each process.
	 */
	private static final int MOST_RUNS = 500;

	private static final int LISTED_RUNS = 20;

	private static final Duration MAX_TIME = Duration.ofSeconds(10);

	private final Supplier<@Nullable RunOwners> owners;

	private final WorkflowSessions sessions;

	NodeRoutes(Supplier<@Nullable RunOwners> owners, WorkflowSessions sessions) {
		this.owners = owners;
		this.sessions = sessions;
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query.of(request);
		RunOwners all = this.owners.get();
		List<Node> nodes = (all != null) ? all.nodes(MOST, MAX_TIME) : List.of();
		boolean busy = nodes.stream().anyMatch((node) -> node.runs() > 0);
		List<UnfinishedRun> runs = (busy && all != null) ? all.unfinished(RunPage.first(MOST_RUNS)) : List.of();
		return Answer.page(nodes.stream().map((node) -> view(node, runs, caller)).toList(), null);
	}

	ServerResponse ofRun(ServerRequest request, Caller caller) {
		Query.of(request);
		WorkflowRun run = RunRoutes.require(request, caller, this.sessions);
		RunOwners all = this.owners.get();
		List<Execution> executions = (all != null) ? all.executions(run.runId()) : List.of();
		return Answer.page(executions.stream().map(NodeRoutes::view).toList(), null);
	}

	private static Map<String, @Nullable Object> view(Execution execution) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("epoch", execution.epoch());
		json.put("node_id", execution.nodeId());
		return json;
	}

	private static Map<String, @Nullable Object> view(Node node, List<UnfinishedRun> runs, Caller caller) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("node_id", node.nodeId());
		json.put("started_at", node.startedAt().getEpochSecond());
		json.put("seen_at", node.seenAt().getEpochSecond());
		json.put("expires_at", node.expiresAt().getEpochSecond());
		json.put("alive", node.alive());
		json.put("runs", node.runs());
		json.put("newest_runs",
				runs.stream()
					.filter((run) -> node.nodeId().equals(run.ownerNode()) && isSeen(run, caller))
					.limit(LISTED_RUNS)
					.map(NodeRoutes::view)
					.toList());
		return json;
	}

	private static boolean isSeen(UnfinishedRun run, Caller caller) {
		return caller.everybody() || run.userId() == null || run.userId().equals(caller.userId());
	}

	private static Map<String, @Nullable Object> view(UnfinishedRun run) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", run.runId());
		json.put("workflow_id", run.workflowId());
		json.put("status", run.status().name());
		json.put("created_at", run.createdAt().getEpochSecond());
		return json;
	}

}
