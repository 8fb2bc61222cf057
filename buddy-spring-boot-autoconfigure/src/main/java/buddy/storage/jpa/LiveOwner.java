package buddy.storage.jpa;

/**
 * The condition that the node which owns a run counts as alive, by the database's own
 * clock: a node that nobody has seen does not, a run without a node does.
 */
final class LiveOwner {

	private LiveOwner() {
	}

	/**
	 * Writes the condition.
	 * @param run the table of runs, or its alias
	 * @param dialect the database
	 * @return the condition, in parentheses
	 */
	static String of(String run, SqlDialect dialect) {
		return "(" + run + ".owner_node is null or exists (select 1 from buddy_node n where n.node_id = " + run
				+ ".owner_node and n.expires_at > " + dialect.now() + "))";
	}

}
