package buddy.storage.jpa;

/**
 * The condition that the node which owns a run counts as alive, by the database's own
 * clock: a node that nobody has seen does not, a run without a node does.
 *
 * <p>
 * Somebody may set that clock back. A node that was seen in what is the future now says
 * nothing about itself until it is seen again.
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
				+ ".owner_node and " + believable("n", dialect) + "))";
	}

	/**
	 * Writes the condition that a node must be believed whose lease is over: the node
	 * that asks has not been seen again and again for half a lease, within which every
	 * node that lives is seen. After the database was away, that gives all of them a
	 * chance to be seen first.
	 * @param dialect the database
	 * @return the condition, in parentheses, whose one parameter is the node that asks
	 */
	static String unlessJudgedBySteadyNode(SqlDialect dialect) {
		return "(not exists (select 1 from buddy_node me where me.node_id = ? and " + believable("me", dialect)
				+ " and me.started_at <= " + dialect.now() + " - (me.expires_at - me.seen_at) / 2))";
	}

	/** The lease is not over, and was not given later than one lease from now. */
	private static String believable(String node, SqlDialect dialect) {
		return node + ".expires_at > " + dialect.now() + " and " + node + ".seen_at < " + dialect.now() + " + (" + node
				+ ".expires_at - " + node + ".seen_at)";
	}

}
