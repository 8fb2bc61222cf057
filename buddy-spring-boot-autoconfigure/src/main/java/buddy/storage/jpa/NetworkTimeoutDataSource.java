package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A data source that sets the network timeout of connections before their first use,
 * since some drivers access the server even to switch off auto-commit. Transactions are
 * bound to the wrapped data source.
 */
final class NetworkTimeoutDataSource extends DelegatingDataSource implements InfrastructureProxy {

	private final DataSource target;

	private final NetworkTimeout limit;

	private final ThreadLocal<@Nullable Runnable> opened = new ThreadLocal<>();

	NetworkTimeoutDataSource(DataSource target, NetworkTimeout limit) {
		super(target);
		this.target = target;
		this.limit = limit;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = this.target.getConnection();
		this.opened.set(this.limit.apply(connection));
		return connection;
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
