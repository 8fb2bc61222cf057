package buddy.storage.jpa;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Writes the heartbeats of a node, on a connection of their own where the database is a
 * server.
 */
final class Heartbeats implements AutoCloseable {

	private static final long DAY = 24 * 60 * 60 * 1000;

	private final @Nullable DataSource own;

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final String renew;

	private final String insert;

	private final String deleteForgotten;

	private final String leave;

	private final String others;

	private final boolean embedded;

	Heartbeats(DataSource pool, SqlDialect dialect, StorageTimeouts timeouts, SchemaTables tables) {
		this.own = SideDataSource.of(pool, dialect, "buddy-heartbeat", 1);
		DataSource dataSource = (this.own != null) ? this.own : pool;
		this.transactions = new StorageTransactions(dataSource, dialect, timeouts);
		this.jdbc = tables.client(dialect.template(dataSource, timeouts));
		String now = dialect.now();
		// after a gap, or when the clock was set, the node counts as new, since others
		// may not have been able to renew either
		this.renew = "update buddy_node set started_at = case when seen_at < " + now + " - ? or seen_at > " + now
				+ " + ? then " + now + " else started_at end, seen_at = " + now + ", expires_at = " + now
				+ " + ? where node_id = ?";
		this.insert = "insert into buddy_node (node_id, started_at, seen_at, expires_at) values (?, " + now + ", " + now
				+ ", " + now + " + ?)";
		// a paused run has no owner
		this.deleteForgotten = "delete from buddy_node where expires_at < " + now + " - " + DAY
				+ " and not exists (select 1 from buddy_workflow_run r where r.owner_node = buddy_node.node_id"
				+ " and r.status in ('RUNNING', 'PENDING'))";
		this.leave = "update buddy_node set expires_at = " + now + " where node_id = ? and expires_at > " + now;
		this.others = "select node_id, seen_at from buddy_node where node_id <> ? and expires_at > " + now;
		this.embedded = !dialect.isServer();
	}

	/** Extends the lease of a node, one thread at a time on the one connection. */
	synchronized void beat(String nodeId, long leaseMillis) {
		if (renew(nodeId, leaseMillis)) {
			return;
		}
		try {
			this.transactions.writeBeside(() -> this.jdbc.sql(this.insert).params(nodeId, leaseMillis).update());
		}
		catch (DuplicateKeyException ex) {
			// another thread has inserted it meanwhile
			renew(nodeId, leaseMillis);
		}
		if (this.embedded) {
			this.transactions.writeBeside(() -> endLeasesOfGoneProcesses(nodeId));
		}
		this.transactions.writeBeside(() -> this.jdbc.sql(this.deleteForgotten).update());
	}

	/**
	 * Ends the leases of processes of this machine that are gone, such as the one before
	 * a restart, whose runs would have to wait for that.
	 */
	private int endLeasesOfGoneProcesses(String nodeId) {
		List<String> gone = this.jdbc.sql(this.others)
			.param(nodeId)
			.query((row, number) -> LocalProcesses.isGone(row.getString(1), row.getLong(2), nodeId) ? row.getString(1)
					: "")
			.list();
		return gone.stream()
			.filter((id) -> !id.isEmpty())
			.mapToInt((id) -> this.jdbc.sql(this.leave).param(id).update())
			.sum();
	}

	private boolean renew(String nodeId, long leaseMillis) {
		return this.transactions.writeBeside(() -> this.jdbc.sql(this.renew)
			.params(leaseMillis / 2, leaseMillis / 2, leaseMillis, nodeId)
			.update()) == 1;
	}

	synchronized void leave(String nodeId) {
		this.transactions.writeBeside(() -> this.jdbc.sql(this.leave).param(nodeId).update());
	}

	@Override
	public void close() {
		if (this.own instanceof Closeable connection) {
			closeQuietly(connection);
		}
	}

	private static void closeQuietly(Closeable connection) {
		try {
			connection.close();
		}
		catch (IOException ex) {
			// the process stops
		}
	}

}
