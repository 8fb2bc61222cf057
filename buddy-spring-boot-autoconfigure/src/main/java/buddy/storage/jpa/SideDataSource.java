package buddy.storage.jpa;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Creates data sources of few connections for the heartbeats of a node and for its queue,
 * apart from the application's pool: a pool that is exhausted must not make a node look
 * dead. A connection is opened when it is needed, closed when it is not used for the
 * pool's idle timeout, and opened again when it was cut.
 */
final class SideDataSource {

	private SideDataSource() {
	}

	/**
	 * Creates one with the settings of the application's pool.
	 * @param pool the application's data source
	 * @param dialect the database
	 * @param name the name of the new pool
	 * @param size its maximum number of connections
	 * @return the data source, to be closed, or {@code null} for an embedded database, or
	 * if it is unknown how the application's data source connects
	 */
	static @Nullable DataSource of(DataSource pool, SqlDialect dialect, String name, int size) {
		boolean hikari = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
				SideDataSource.class.getClassLoader());
		return (hikari && dialect.isServer()) ? Hikari.copyOf(pool, name, size) : null;
	}

	/** Loaded only if Hikari is there, which is optional. */
	private static final class Hikari {

		static @Nullable DataSource copyOf(DataSource pool, String name, int size) {
			HikariDataSource found = find(pool);
			if (found == null) {
				return null;
			}
			HikariConfig settings = new HikariConfig();
			found.copyStateTo(settings);
			settings.setCredentials(found.getCredentials());
			if (settings.getMetricRegistry() != null) {
				settings.setMetricRegistry(null);
			}
			else {
				settings.setMetricsTrackerFactory(null);
			}
			settings.setHealthCheckRegistry(null);
			settings.setRegisterMbeans(false);
			settings.setPoolName(name);
			settings.setMaximumPoolSize(size);
			settings.setMinimumIdle(0);
			settings.setReadOnly(false);
			// what looks for rows must not lock the gaps between them
			settings.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
			settings.setLeakDetectionThreshold(0);
			// a database that is away must fail a heartbeat, not the pool
			settings.setInitializationFailTimeout(-1);
			HikariDataSource own = new HikariDataSource(); // opens nothing before it is
															// used
			settings.copyStateTo(own);
			own.setCredentials(found.getCredentials());
			return own;
		}

		/** The pool, unless the connection depends on who asks for it. */
		private static @Nullable HikariDataSource find(DataSource pool) {
			try {
				return (!pool.isWrapperFor(AbstractRoutingDataSource.class)
						&& pool.isWrapperFor(HikariDataSource.class)) ? pool.unwrap(HikariDataSource.class) : null;
			}
			catch (SQLException ex) {
				return null;
			}
		}

	}

}
