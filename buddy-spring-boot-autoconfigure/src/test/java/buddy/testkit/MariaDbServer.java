package buddy.testkit;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import org.springframework.util.FileSystemUtils;

import buddy.testkit.TestDatabase.JdbcAddress;
import buddy.testkit.TestDatabase.StartedServer;

/**
 * A MariaDB server of this JVM, by the programs of the machine's package.
 */
final class MariaDbServer {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static StartedServer<MariaDbServer> started;

	private final int port;

	private MariaDbServer(int port) {
		this.port = port;
	}

	static synchronized StartedServer<MariaDbServer> instance() {
		if (started == null) {
			started = start();
		}
		return started;
	}

	private static StartedServer<MariaDbServer> start() {
		Optional<Path> install = program("mariadb-install-db");
		Optional<Path> server = program("mariadbd");
		if (install.isEmpty() || server.isEmpty()) {
			return new StartedServer<>(null,
					"mariadbd and mariadb-install-db are not on this machine's path; install MariaDB's server (Debian and Ubuntu: mariadb-server)");
		}
		try {
			return new StartedServer<>(start(install.get(), server.get()), null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new StartedServer<>(null, "Interrupted while MariaDB started");
		}
		catch (IOException | RuntimeException ex) {
			return new StartedServer<>(null, "MariaDB does not start here: " + ex);
		}
	}

	private static MariaDbServer start(Path install, Path server) throws IOException, InterruptedException {
		Path folder = Files.createTempDirectory("buddy-mariadb");
		Path data = folder.resolve("data");
		Path log = folder.resolve("server.log");
		List<String> user = List.of();
		if ("root".equals(System.getProperty("user.name"))) {
			// the server does not run as root, and must reach its folder as its own user
			folder.toFile().setExecutable(true, false);
			user = List.of("--user=mysql");
		}
		run(log, arguments(install, user, "--datadir=" + data, "--auth-root-authentication-method=normal"));
		int port = freePort();
		Process process = new ProcessBuilder(
				arguments(server, user, "--datadir=" + data, "--port=" + port, "--bind-address=127.0.0.1",
						"--socket=" + data.resolve("server.sock"), "--pid-file=" + data.resolve("server.pid")))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, folder)));
		MariaDbServer started = new MariaDbServer(port);
		Awaitility.await("MariaDB, which logs to " + log)
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(100))
			.until(() -> !process.isAlive() || started.answers());
		if (!process.isAlive()) {
			throw new IllegalStateException("mariadbd ended: " + Files.readString(log));
		}
		return started;
	}

	private static void run(Path log, List<String> command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
		if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
			process.destroyForcibly();
			throw new IllegalStateException("mariadb-install-db failed: " + Files.readString(log));
		}
	}

	private static List<String> arguments(Path program, List<String> user, String... others) {
		List<String> arguments = new ArrayList<>();
		arguments.add(program.toString());
		arguments.add("--no-defaults");
		arguments.addAll(user);
		arguments.addAll(List.of(others));
		return arguments;
	}

	private static Optional<Path> program(String name) {
		Stream<String> folders = Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
				Stream.of("/usr/sbin", "/usr/local/sbin"));
		return folders.map((folder) -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static void stop(Process process, Path folder) {
		process.destroy();
		try {
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
		}
		FileSystemUtils.deleteRecursively(folder.toFile());
	}

	private boolean answers() {
		try (Connection connection = connect()) {
			return connection.isValid(1);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(url(""), "root", "");
	}

	private String url(String database) {
		return "jdbc:mariadb://127.0.0.1:" + this.port + "/" + database;
	}

	JdbcAddress createDatabase(String name) {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
			return new JdbcAddress(url(name), "root", "");
		}
		catch (SQLException ex) {
			throw new IllegalStateException("MariaDB created no database", ex);
		}
	}

}
