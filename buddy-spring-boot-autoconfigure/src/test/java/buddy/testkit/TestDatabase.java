package buddy.testkit;

import java.io.IOException;
import java.sql.SQLException;
import java.util.UUID;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import testkit.Missing;

/**
 * The supported databases, each real. A new database comes empty.
 */
public enum TestDatabase {

	/** A file, with the recommended URL. */
	H2 {
		@Override
		public String[] create() {
			return properties("jdbc:h2:async:" + Scratch.folder("buddy-test").resolve("test")
					+ ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "sa");
		}
	},

	/** A file, with the recommended URL. */
	SQLITE {
		@Override
		public String[] create() {
			return properties("jdbc:sqlite:" + Scratch.folder("buddy-test").resolve("test.sqlite")
					+ "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE", "");
		}
	},

	/**
	 * The embedded server of a Maven artifact; no test takes the power away, so nothing
	 * waits for the disk.
	 */
	POSTGRESQL {
		@Override
		public String[] create() {
			String database = uniqueName("pg");
			EmbeddedPostgres server = Postgres.get();
			try (var connection = server.getPostgresDatabase().getConnection();
					var statement = connection.createStatement()) {
				statement.execute("create database " + database);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return properties(server.getJdbcUrl("postgres", database), "postgres");
		}
	},

	/** The server that this machine has. */
	MARIADB {
		@Override
		public String[] create() {
			String database = uniqueName("mariadb");
			MariaDbServer server = MariaDbServer.get();
			server.createDatabase(database);
			return properties(server.url(database), "root");
		}
	};

	/**
	 * Creates an empty database.
	 * @return the properties of Spring Boot that lead to it
	 */
	public abstract String[] create();

	private static String[] properties(String url, String user) {
		return new String[] { "spring.datasource.url=" + url, "spring.datasource.username=" + user,
				"spring.datasource.password=", "spring.datasource.hikari.maximum-pool-size=10" };
	}

	private static String uniqueName(String prefix) {
		return prefix + "_" + UUID.randomUUID().toString().replace("-", "");
	}

	private static final class Postgres {

		private static EmbeddedPostgres server;

		static synchronized EmbeddedPostgres get() {
			if (server == null) {
				try {
					server = EmbeddedPostgres.builder()
						.setServerConfig("fsync", "off")
						.setServerConfig("max_connections", "300")
						.start();
				}
				catch (IOException | RuntimeException ex) {
					throw Missing.on("the embedded PostgreSQL did not start: " + ex.getMessage(), ex);
				}
			}
			return server;
		}

	}

}
