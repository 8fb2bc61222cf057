package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SmartDataSource;

/**
 * A data source for transactions. It sets the network timeout of connections before their
 * first use, since some drivers access the server even to switch off auto-commit, and
 * hands connections of SQLite out and back in auto-commit mode. Transactions are bound to
 * the wrapped data source.
 */
final class TransactionDataSource extends DelegatingDataSource implements InfrastructureProxy, SmartDataSource {

	private final DataSource target;

	private final NetworkTimeout limit;

	private final boolean sqlite;

	private final ThreadLocal<@Nullable Runnable> opened = new ThreadLocal<>();

	TransactionDataSource(DataSource target, NetworkTimeout limit, boolean sqlite) {
		super(target);
		this.target = target;
		this.limit = limit;
		this.sqlite = sqlite;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = this.target.getConnection();
		this.opened.set(this.limit.apply(connection));
		if (this.sqlite) {
			SqliteAutoCommit.restore(connection);
		}
		return connection;
	}

	/** Is asked before a connection is closed, also if its transaction did not begin. */
	@Override
	public boolean shouldClose(Connection connection) {
		if (this.sqlite) {
			SqliteAutoCommit.restore(connection);
		}
		return true;
	}

	/**
	 * Takes the action that restores the timeout of the connection that this thread
	 * opened last.
	 */
	@Nullable Runnable takeRestore() {
		Runnable restore = this.opened.get();
		this.opened.remove();
		return restore;
	}

	@Override
	public Object getWrappedObject() {
		return this.target;
	}

}
