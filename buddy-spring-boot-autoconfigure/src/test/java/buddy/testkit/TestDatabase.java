package buddy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Assumptions;

/**
 * The databases that tests run on. Each {@link #open} gives an empty one of its own; the
 * servers are started once in a JVM, at the first use.
 */
public enum TestDatabase {

	H2("h2") {
		@Override
		JdbcAddress create(String name) {
			return new JdbcAddress("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", "sa", "");
		}
	},

	SQLITE("sqlite") {
		@Override
		JdbcAddress create(String name) {
			try {
				Path folder = Files.createTempDirectory(name);
				DeletedAtExit.add(folder);
				return new JdbcAddress("jdbc:sqlite:" + folder.resolve("test.db")
						+ "?journal_mode=WAL&busy_timeout=5000&transaction_mode=IMMEDIATE", null, null);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	},

	POSTGRESQL("postgresql") {
		@Override
		JdbcAddress create(String name) {
			return require(EmbeddedPostgresqlServer.instance()).createDatabase(name);
		}
	},

	MARIADB("mariadb") {
		@Override
		JdbcAddress create(String name) {
			return require(MariaDbServer.instance()).createDatabase(name);
		}
	};

	private final String vendor;

	TestDatabase(String vendor) {
		this.vendor = vendor;
	}

	/** The name of the database in the path of its migrations. */
	public String vendor() {
		return this.vendor;
	}

	/** Creates an empty database and a pool of connections to it. */
	public HikariDataSource open() {
		return open(true);
	}

	/** Creates an empty database and a pool of connections to it. */
	public HikariDataSource open(boolean autoCommit) {
		HikariConfig config = create("buddy_" + UUID.randomUUID().toString().replace("-", "")).toPool();
		config.setAutoCommit(autoCommit);
		config.setMaximumPoolSize(10);
		config.setConnectionTimeout(20_000);
		return new HikariDataSource(config);
	}

	abstract JdbcAddress create(String name);

	private static <T> T require(StartedServer<T> server) {
		if (server.instance() == null) {
			if ("true".equals(System.getenv("CI"))) {
				throw new IllegalStateException(server.problem());
			}
			Assumptions.abort(server.problem());
		}
		return server.instance();
	}

	/** A server, or why there is none. */
	record StartedServer<T>(T instance, String problem) {
	}

	/** Where a database is. */
	record JdbcAddress(String url, String user, String password) {

		HikariConfig toPool() {
			HikariConfig config = new HikariConfig();
			config.setJdbcUrl(this.url);
			config.setUsername(this.user);
			config.setPassword(this.password);
			return config;
		}

	}

}
