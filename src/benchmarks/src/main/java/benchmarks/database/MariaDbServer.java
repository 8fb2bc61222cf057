package benchmarks.database;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A MariaDB server of our own, from the machine's binaries as Debian installs them.
 */
final class MariaDbServer {

	private static final Duration LONGEST_START = Duration.ofMinutes(1);

	private MariaDbServer() {
	}

	/** Finds the server's program. */
	static Optional<Path> program() {
		return Stream.of("/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd")
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst();
	}

	static Server start(Path folder) throws IOException {
		Path program = program().orElseThrow(() -> new IOException("There is no mariadbd (Debian: mariadb-server)"));
		String user = System.getProperty("user.name");
		Path data = folder.resolve("data");
		execute(folder, "mariadb-install-db", "--no-defaults", "--user=" + user, "--datadir=" + data,
				"--auth-root-authentication-method=normal");
		int port = freePort();
		Process server = new ProcessBuilder(program.toString(), "--no-defaults", "--user=" + user, "--datadir=" + data,
				"--port=" + port, "--bind-address=127.0.0.1", "--socket=" + folder.resolve("my.sock"), "--skip-log-bin")
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("log").toFile())
			.start();
		Thread stop = new Thread(() -> stop(server));
		Runtime.getRuntime().addShutdownHook(stop);
		String url = "jdbc:mariadb://127.0.0.1:" + port + "/";
		createDatabase(server, url);
		return new Server(url + "benchmarks", "root", () -> {
			Runtime.getRuntime().removeShutdownHook(stop);
			stop.run();
		});
	}

	/** Tries until the server accepts connections. */
	private static void createDatabase(Process server, String url) throws IOException {
		Instant deadline = Instant.now().plus(LONGEST_START);
		while (true) {
			try (var connection = DriverManager.getConnection(url, "root", "");
					var statement = connection.createStatement()) {
				statement.execute("create database benchmarks");
				return;
			}
			catch (SQLException ex) {
				if (Instant.now().isAfter(deadline) || ends(server)) {
					throw new IOException("MariaDB did not start", ex);
				}
			}
		}
	}

	/** Waits a moment. */
	private static boolean ends(Process server) throws IOException {
		try {
			return server.waitFor(200, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted", ex);
		}
	}

	private static void stop(Process server) {
		server.destroy();
		server.onExit().completeOnTimeout(server, 20, TimeUnit.SECONDS).join().destroyForcibly();
	}

	private static void execute(Path folder, String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(folder.resolve("install.log").toFile())
			.start();
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException("Failed: " + command[0]);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
