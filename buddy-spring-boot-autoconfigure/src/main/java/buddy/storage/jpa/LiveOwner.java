package buddy.storage.jpa;

/**
 * SQL condition that the owner of a run counts as alive, by the clock of the database. A
 * node without heartbeat does not, a run without a node does.
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
				+ ".owner_node and n.expires_at > " + dialect.now() + "))";
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
		return "(not exists (select 1 from buddy_node me where me.node_id = ? and me.expires_at > " + dialect.now()
				+ " and me.started_at <= " + dialect.now() + " - (me.expires_at - me.seen_at) / 2))";
	}

}
