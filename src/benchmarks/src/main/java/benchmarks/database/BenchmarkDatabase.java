package benchmarks.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The databases on which runs are measured. Each start gives an empty one.
 */
public enum BenchmarkDatabase {

	/** No disk at all: what the code itself costs. */
	H2_MEMORY("H2 in memory", Dialect.H2) {
		@Override
		Server start(Path folder) {
			return Server.embedded("jdbc:h2:mem:benchmarks;DB_CLOSE_DELAY=-1", "sa");
		}
	},

	/** A file, with the URL that the guide recommends. */
	H2_FILE("H2 file", Dialect.H2) {
		@Override
		Server start(Path folder) {
			return Server.embedded("jdbc:h2:async:" + folder.resolve("h2") + ";WRITE_DELAY=0", "sa");
		}
	},

	/** A file, with the URL that the guide recommends. */
	SQLITE("SQLite", Dialect.SQLITE) {
		@Override
		Server start(Path folder) {
			return Server.embedded("jdbc:sqlite:" + folder.resolve("benchmarks.sqlite")
					+ "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE", "");
		}

		@Override
		List<String> settings() {
			return List.of("pragma journal_mode", "pragma synchronous");
		}
	},

	/**
	 * The machine's own server, with InnoDB's defaults, which put every commit on disk.
	 */
	MARIADB("MariaDB", Dialect.MARIADB) {
		@Override
		Server start(Path folder) throws IOException {
			return MariaDbServer.start(folder);
		}

		@Override
		List<String> settings() {
			return List.of("select @@innodb_flush_log_at_trx_commit", "select @@innodb_doublewrite");
		}

		@Override
		public boolean isThere() {
			return MariaDbServer.program().isPresent();
		}
	},

	/** A server with its defaults, which put every commit on disk. */
	POSTGRESQL("PostgreSQL", Dialect.POSTGRESQL) {
		@Override
		Server start(Path folder) throws IOException {
			return PostgresServer.start(folder);
		}

		@Override
		List<String> settings() {
			return List.of("show fsync", "show synchronous_commit", "show wal_sync_method", "show full_page_writes");
		}

		@Override
		List<String> settling() {
			return List.of("vacuum analyze buddy_workflow_session", "vacuum analyze buddy_workflow_run", "checkpoint");
		}
	},

	/** The same server, to tell what waiting for the disk costs; not for production. */
	POSTGRESQL_UNFORCED("PostgreSQL, no commit waits for the disk", Dialect.POSTGRESQL) {
		@Override
		Server start(Path folder) throws IOException {
			Server server = POSTGRESQL.start(folder);
			return new Server(
					server.url() + (server.url().contains("?") ? "&" : "?") + "options=-c%20synchronous_commit=off",
					server.user(), server.stop());
		}

		@Override
		List<String> settings() {
			return POSTGRESQL.settings();
		}

		@Override
		List<String> settling() {
			return POSTGRESQL.settling();
		}
	};

	private final String title;

	private final Dialect dialect;

	BenchmarkDatabase(String title, Dialect dialect) {
		this.title = title;
		this.dialect = dialect;
	}

	/**
	 * Returns what reports call it.
	 * @return a name
	 */
	public String title() {
		return this.title;
	}

	/**
	 * Returns its SQL.
	 * @return the dialect
	 */
	public Dialect dialect() {
		return this.dialect;
	}

	/**
	 * Starts it, with nothing in it, and a pool in front of it.
	 * @return the running database
	 */
	public RunningDatabase open() {
		try {
			Path folder = Files.createTempDirectory("buddy-benchmarks");
			return new RunningDatabase(this, start(folder), folder);
		}
		catch (IOException ex) {
			throw new IllegalStateException(this.title + " cannot be started", ex);
		}
	}

	/**
	 * Returns whether this machine can start it.
	 * @return whether it can
	 */
	public boolean isThere() {
		return true;
	}

	abstract Server start(Path folder) throws IOException;

	/** Queries that tell how safe a commit is. */
	List<String> settings() {
		return List.of();
	}

	/** Statements after which no housekeeping is due. */
	List<String> settling() {
		return List.of();
	}

}
