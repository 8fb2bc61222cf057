package buddy.autoconfigure;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewFilter;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;

/**
 * Warns if requests keep a database connection each (open-in-view) while the workflows
 * that they call need another one, and the pool is so small that a deadlock is likely.
 * There is no warning for pools of Hikari's default size or more.
 */
final class OpenInViewCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(OpenInViewCheck.class);

	/** Hikari's default. */
	private static final int DEFAULT_POOL_SIZE = 10;

	private static final int DEFAULT_SERVER_THREADS = 200;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<DataSource> dataSource;

	private final Environment environment;

	OpenInViewCheck(ConfigurableListableBeanFactory beanFactory, ObjectProvider<DataSource> dataSource,
			Environment environment) {
		this.beanFactory = beanFactory;
		this.dataSource = dataSource;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		int connections = isOpenInView() ? connections() : 0;
		if (connections > 0 && connections < DEFAULT_POOL_SIZE && connections <= requestsAtOnce()) {
			logger
				.warn("spring.jpa.open-in-view is on, and the connection pool has {}: a request that has used the database"
						+ " keeps its connection until it ends, and a workflow that it calls then needs another one, so"
						+ " that {} until the pool's connection-timeout. Set spring.jpa.open-in-view=false, or"
						+ " spring.datasource.hikari.maximum-pool-size to more than the requests that are served at once",
						(connections > 1) ? connections + " connections" : "one connection",
						(connections > 1) ? connections + " such requests at once wait for each other"
								: "such a request waits for itself");
		}
	}

	private boolean isOpenInView() {
		return this.beanFactory.getBeanNamesForType(OpenEntityManagerInViewInterceptor.class, true, false).length > 0
				|| this.beanFactory.getBeanNamesForType(OpenEntityManagerInViewFilter.class, true, false).length > 0;
	}

	/**
	 * Returns the maximum number of concurrent requests; there is none with virtual
	 * threads.
	 */
	private int requestsAtOnce() {
		return this.environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false) ? Integer.MAX_VALUE
				: this.environment.getProperty("server.tomcat.threads.max", Integer.class, DEFAULT_SERVER_THREADS);
	}

	/** Returns the size of the pool, or zero if it is not known. */
	private int connections() {
		DataSource pool = this.dataSource.getIfUnique();
		try {
			return (pool != null && pool.isWrapperFor(HikariDataSource.class))
					? pool.unwrap(HikariDataSource.class).getMaximumPoolSize() : 0;
		}
		catch (SQLException ex) {
			logger.debug("The size of the connection pool could not be determined", ex);
			return 0;
		}
	}

}
