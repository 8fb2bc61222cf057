package buddy.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;
import testkit.Missing;
import testkit.Ports;
import testkit.Programs;

/**
 * One server for all tests of this JVM, from the {@code mariadbd} of this machine, with a
 * data directory of its own.
 */
final class MariaDbServer {

	private static MariaDbServer started;

	private final int port;

	private MariaDbServer(int port) {
		this.port = port;
	}

	static synchronized MariaDbServer get() {
		if (started == null) {
			started = start();
		}
		return started;
	}

	String url(String database) {
		return "jdbc:mariadb://127.0.0.1:" + this.port + "/" + database;
	}

	void createDatabase(String database) {
		try (Connection connection = connect(); var statement = connection.createStatement()) {
			statement.execute("create database " + database);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(url(""), "root", "");
	}

	private static MariaDbServer start() {
		Path server = Programs.find("mariadbd")
			.orElseThrow(() -> Missing
				.on("there is no mariadbd in the PATH or in /usr/sbin (Debian: apt-get install mariadb-server)", null));
		Path installer = Programs.find("mariadb-install-db")
			.orElseThrow(() -> Missing.on("there is no mariadb-install-db in the PATH or in /usr/bin", null));
		try {
			Path data = Scratch.folder("buddy-mariadb");
			String user = System.getProperty("user.name");
			run(installer.toString(), "--no-defaults", "--user=" + user, "--datadir=" + data,
					"--auth-root-authentication-method=normal");
			int port = Ports.free();
			Process process = new ProcessBuilder(server.toString(), "--no-defaults", "--user=" + user,
					"--datadir=" + data, "--port=" + port, "--bind-address=127.0.0.1", "--socket=" + data + "/my.sock",
					"--pid-file=" + data + "/my.pid", "--max-connections=300", "--innodb-flush-log-at-trx-commit=0",
					"--innodb-doublewrite=0", "--skip-log-bin")
				.redirectErrorStream(true)
				.redirectOutput(data.resolve("server.log").toFile())
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, data)));
			MariaDbServer mariaDb = new MariaDbServer(port);
			Awaitility.await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().until(() -> {
				mariaDb.connect().close();
				return true;
			});
			return mariaDb;
		}
		catch (IOException ex) {
			throw Missing.on("mariadbd did not start: " + ex.getMessage(), ex);
		}
	}

	private static void run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.Charset.defaultCharset());
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException(List.of(command) + " failed: " + output);
		}
	}

	private static void stop(Process process, Path data) {
		process.destroy();
		process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
		process.destroyForcibly();
		FileSystemUtils.deleteRecursively(data.toFile());
	}

}
