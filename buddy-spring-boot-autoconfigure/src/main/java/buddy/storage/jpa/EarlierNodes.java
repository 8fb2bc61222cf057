package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Execution;

/**
 * The column with the nodes that a run had before its owner: a line for each, with the
 * epoch of its execution.
 */
final class EarlierNodes {

	/** Leaves room for one more line. */
	private static final int FULL = 3800;

	/**
	 * The assignment that keeps the owner. It comes before that of a new owner, whose
	 * value MariaDB would see.
	 */
	static final String KEEP_OWNER = "earlier_nodes = case when owner_node is null or length(coalesce(earlier_nodes, '')) > "
			+ FULL
			+ " then earlier_nodes else concat(coalesce(earlier_nodes, ''), coalesce(epoch, 0), ' ', owner_node, '\n') end";

	static final String READ = "select earlier_nodes, owner_node, coalesce(epoch, 0) from buddy_workflow_run where run_id = ?";

	private static final String LOST = "lost:";

	private EarlierNodes() {
	}

	/** Marks an owner that is alive, but has lost the run. */
	static String lost(String nodeId) {
		return LOST + nodeId;
	}

	static List<Execution> executions(@Nullable String earlier, @Nullable String owner, int epoch) {
		List<Execution> executions = new ArrayList<>();
		if (earlier != null) {
			earlier.lines().forEach((line) -> {
				int end = line.indexOf(' ');
				executions.add(new Execution(Integer.parseInt(line.substring(0, end)), node(line.substring(end + 1))));
			});
		}
		if (owner != null) {
			executions.add(new Execution(epoch, node(owner)));
		}
		return executions;
	}

	private static String node(String owner) {
		for (String mark : new String[] { LOST, RunOwners.HANDED_OVER }) {
			if (owner.startsWith(mark)) {
				return owner.substring(mark.length());
			}
		}
		return owner;
	}

}
