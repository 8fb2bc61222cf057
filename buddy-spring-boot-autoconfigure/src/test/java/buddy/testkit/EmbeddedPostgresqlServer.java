package buddy.testkit;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import buddy.testkit.TestDatabase.JdbcAddress;
import buddy.testkit.TestDatabase.StartedServer;

/**
 * A PostgreSQL server whose binaries come with the build, set to keep what it commits as
 * a real one does.
 */
final class EmbeddedPostgresqlServer {

	private static StartedServer<EmbeddedPostgresqlServer> started;

	private final EmbeddedPostgres server;

	private EmbeddedPostgresqlServer(EmbeddedPostgres server) {
		this.server = server;
	}

	static synchronized StartedServer<EmbeddedPostgresqlServer> instance() {
		if (started == null) {
			started = start();
		}
		return started;
	}

	private static StartedServer<EmbeddedPostgresqlServer> start() {
		try {
			EmbeddedPostgres server = EmbeddedPostgres.builder()
				.setServerConfig("fsync", "on")
				.setServerConfig("synchronous_commit", "on")
				.start();
			return new StartedServer<>(new EmbeddedPostgresqlServer(server), null);
		}
		catch (IOException | RuntimeException ex) {
			return new StartedServer<>(null, "The embedded PostgreSQL server does not start here: " + ex);
		}
	}

	JdbcAddress createDatabase(String name) {
		try (Connection connection = this.server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
			return new JdbcAddress(this.server.getJdbcUrl("postgres", name), "postgres", "");
		}
		catch (SQLException ex) {
			throw new IllegalStateException("PostgreSQL created no database", ex);
		}
	}

}
