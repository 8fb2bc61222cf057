package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A data source whose connections are limited before their first use: some drivers ask
 * the server already to switch auto-commit off. For transactions, it is the data source
 * that it stands before.
 */
final class LimitedDataSource extends DelegatingDataSource implements InfrastructureProxy {

	private final DataSource target;

	private final NetworkLimit limit;

	private final ThreadLocal<@Nullable Runnable> opened = new ThreadLocal<>();

	LimitedDataSource(DataSource target, NetworkLimit limit) {
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

	/** Takes what sets the limit back of the connection that this thread opened last. */
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
