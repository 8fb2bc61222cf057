package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Network timeout after which a driver closes a connection that does not respond. Without
 * it, a connection dropped by a firewall blocks forever.
 *
 * @param millis the time in milliseconds, or 0 for no limit
 */
record NetworkTimeout(int millis) {

	private static final Runnable NOTHING = () -> {
	};

	/**
	 * Sets the timeout of a connection, if the driver supports it and has no shorter one.
	 * @param connection the connection
	 * @return an action that restores the previous timeout
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
			return NOTHING; // not supported by the driver
		}
	}

	private static void restore(Connection connection, int before) {
		try {
			connection.setNetworkTimeout(Runnable::run, before);
		}
		catch (SQLException ex) {
			// the connection was closed
		}
	}

}
