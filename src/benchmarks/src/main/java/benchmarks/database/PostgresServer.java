package benchmarks.database;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A PostgreSQL server of our own: the machine's binaries as Debian installs them, else
 * the embedded one, with fsync in any case.
 */
final class PostgresServer {

	private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

	private PostgresServer() {
	}

	static Server start(Path folder) throws IOException {
		Optional<Path> binaries = binaries();
		return binaries.isPresent() ? startInstalled(binaries.get(), folder) : startEmbedded();
	}

	private static Optional<Path> binaries() throws IOException {
		if (!Files.isDirectory(INSTALLED)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(INSTALLED)) {
			return versions.map((version) -> version.resolve("bin"))
				.filter((folder) -> Files.isExecutable(folder.resolve("initdb")))
				.max(Comparator.comparing(Path::toString));
		}
	}

	private static Server startInstalled(Path binaries, Path folder) throws IOException {
		boolean root = "root".equals(System.getProperty("user.name"));
		if (root) {
			execute(List.of("chown", "postgres", folder.toString()));
		}
		List<String> prefix = root ? List.of("runuser", "-u", "postgres", "--") : List.of();
		String data = folder.resolve("data").toString();
		int port = freePort();
		execute(prefix, binaries.resolve("initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
				"--locale=C.UTF-8");
		execute(prefix, binaries.resolve("pg_ctl"), "-D", data, "-w", "-l", folder.resolve("log").toString(), "-o",
				"-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder, "start");
		Thread stop = new Thread(
				() -> execute(prefix, binaries.resolve("pg_ctl"), "-D", data, "-m", "fast", "-w", "stop"));
		// the server is no child of ours: it would outlive an interrupted report
		Runtime.getRuntime().addShutdownHook(stop);
		return new Server("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", () -> {
			Runtime.getRuntime().removeShutdownHook(stop);
			stop.run();
		});
	}

	private static Server startEmbedded() throws IOException {
		EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("full_page_writes", "on")
			.start();
		return new Server(server.getJdbcUrl("postgres", "postgres"), "postgres", () -> {
			try {
				server.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException("The embedded PostgreSQL did not stop", ex);
			}
		});
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static void execute(List<String> prefix, Path program, String... arguments) {
		List<String> command = new ArrayList<>(prefix);
		command.add(program.toString());
		command.addAll(List.of(arguments));
		execute(command);
	}

	private static void execute(List<String> command) {
		try {
			// not piped: the server that pg_ctl leaves behind would keep the pipe open
			Process process = new ProcessBuilder(command).directory(new File(System.getProperty("java.io.tmpdir")))
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException("Failed with " + process.exitValue() + ": " + command);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot be started: " + command, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted: " + command, ex);
		}
	}

}
