package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * How long a driver waits for an answer until it drops the connection. Without it, a
 * connection that a firewall has forgotten is waited for for ever.
 *
 * @param millis the time in milliseconds, or 0 for no limit
 */
record NetworkLimit(int millis) {

	private static final Runnable NOTHING = () -> {
	};

	/**
	 * Limits a connection, where its driver can and has no shorter limit.
	 * @param connection the connection
	 * @return sets the limit back that it had before
	 */
	Runnable apply(Connection connection) {
		if (this.millis == 0) {
			return NOTHING;
		}
		try {
			int before = connection.getNetworkTimeout();
			if (before > 0 && before <= this.millis) {
				return NOTHING;
			}
			connection.setNetworkTimeout(Runnable::run, this.millis);
			return () -> restore(connection, before);
		}
		catch (SQLException ex) {
			return NOTHING; // the driver knows of none
		}
	}

	private static void restore(Connection connection, int before) {
		try {
			connection.setNetworkTimeout(Runnable::run, before);
		}
		catch (SQLException ex) {
			// the connection was dropped
		}
	}

}
