package buddy.storage.jpa;

/**
 * SQL condition that the owner of a run counts as alive, by the clock of the database. A
 * node without heartbeat does not, a run without a node does.
 *
 * <p>
 * If that clock was set back, a node whose last heartbeat is in the future counts as dead
 * until its next heartbeat.
 */
final class LiveOwner {

	private LiveOwner() {
	}

	/**
	 * Returns the condition.
	 * @param run the table of runs or its alias
	 * @param dialect the database
	 * @return the condition, in parentheses
	 */
	static String of(String run, SqlDialect dialect) {
		return "(" + run + ".owner_node is null or exists (select 1 from buddy_node n where n.node_id = " + run
				+ ".owner_node and " + believable("n", dialect) + "))";
	}

	/**
	 * Returns the condition that a node whose lease is over must still count as alive,
	 * because the asking node itself has not sent heartbeats without a gap for half a
	 * lease. After an outage of the database, this gives all living nodes a chance to
	 * renew first.
	 * @param dialect the database
	 * @return the condition in parentheses, whose only parameter is the asking node
	 */
	static String unlessJudgedBySteadyNode(SqlDialect dialect) {
		return "(not exists (select 1 from buddy_node me where me.node_id = ? and " + believable("me", dialect)
				+ " and me.started_at <= " + dialect.now() + " - (me.expires_at - me.seen_at) / 2))";
	}

	/** The lease is not over, and was not given later than one lease from now. */
	static String believable(String node, SqlDialect dialect) {
		return node + ".expires_at > " + dialect.now() + " and " + node + ".seen_at < " + dialect.now() + " + (" + node
				+ ".expires_at - " + node + ".seen_at)";
	}

}
