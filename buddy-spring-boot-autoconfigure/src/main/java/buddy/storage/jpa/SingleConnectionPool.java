package buddy.storage.jpa;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.util.ClassUtils;

/**
 * Detects connection pools with only one connection, while Flyway needs two.
 */
final class SingleConnectionPool {

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			SingleConnectionPool.class.getClassLoader());

	private SingleConnectionPool() {
	}

	static boolean is(DataSource dataSource) throws SQLException {
		return HIKARI && Hikari.holdsOne(dataSource);
	}

	private static final class Hikari {

		static boolean holdsOne(DataSource dataSource) throws SQLException {
			return dataSource.isWrapperFor(HikariDataSource.class)
					&& dataSource.unwrap(HikariDataSource.class).getMaximumPoolSize() == 1;
		}

	}

}
