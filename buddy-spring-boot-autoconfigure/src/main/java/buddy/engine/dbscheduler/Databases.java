package buddy.engine.dbscheduler;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.Queries;
import com.github.kagkarlsson.scheduler.jdbc.SqliteJdbcCustomization;

/**
 * How tickets are stored and taken in each database. Where rows can be locked one by one,
 * a node takes no more tickets than it has threads, so that a ticket of a higher priority
 * that comes later is the next.
 */
final class Databases {

	private static final String SKIP_LOCKED = " FOR UPDATE SKIP LOCKED";

	private Databases() {
	}

	/** Returns how db-scheduler uses a database. */
	static JdbcCustomization of(String product) {
		return switch (product) {
			case "PostgreSQL" -> new PostgreSqlJdbcCustomization(false, false);
			case "MariaDB" -> new MariaDb();
			case "SQLite" -> new SqliteJdbcCustomization();
			case "H2" -> new H2();
			default -> throw new IllegalArgumentException("Tickets cannot be stored in '" + product + "'");
		};
	}

	/** Returns whether its rows can be locked one by one. */
	static boolean locksRows(String product) {
		return !product.equals("SQLite");
	}

	/** From 10.6, MariaDB skips rows that are locked. */
	private static final class MariaDb extends MariaDBJdbcCustomization {

		MariaDb() {
			super(true);
		}

		@Override
		public boolean supportsGenericLockAndFetch() {
			return true;
		}

		@Override
		public String createGenericSelectForUpdateQuery(String table, int limit, String condition,
				boolean orderByPriority) {
			return Queries.selectForUpdate(table, Queries.ansiSqlOrderPart(orderByPriority),
					Queries.postgresSqlLimitPart(limit), condition, null, null, SKIP_LOCKED);
		}

	}

	private static final class H2 extends DefaultJdbcCustomization {

		H2() {
			super(false);
		}

		@Override
		public boolean supportsGenericLockAndFetch() {
			return true;
		}

		@Override
		public String createGenericSelectForUpdateQuery(String table, int limit, String condition,
				boolean orderByPriority) {
			return Queries.selectForUpdate(table, Queries.ansiSqlOrderPart(orderByPriority),
					Queries.ansiSqlLimitPart(limit), condition, null, null, SKIP_LOCKED);
		}

	}

}
