package buddy.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of its own that holds a database open, until it is closed.
 */
public final class OtherProcess implements AutoCloseable {

	private static final String READY = "ready";

	private final Process process;

	private OtherProcess(Process process) {
		this.process = process;
	}

	/**
	 * Starts a process that has opened a database.
	 * @param url the database
	 * @param sql what it has done there, each a statement
	 * @return the process
	 */
	public static OtherProcess holding(String url, String... sql) throws IOException {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", OtherProcess.class.getName(), url));
		command.addAll(List.of(sql));
		OtherProcess other = new OtherProcess(
				new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
		BufferedReader output = other.process.inputReader();
		for (String line = output.readLine(); !READY.equals(line); line = output.readLine()) {
			if (line == null) {
				throw new IOException("The process ended at once: " + command);
			}
		}
		return other;
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Runs in that process, and ends with it or with the process that started it.
	 * @param arguments the URL and the statements
	 */
	public static void main(String[] arguments) throws SQLException, IOException {
		try (Connection connection = DriverManager.getConnection(arguments[0], "sa", "")) {
			for (int i = 1; i < arguments.length; i++) {
				connection.createStatement().execute(arguments[i]);
			}
			System.out.println(READY);
			System.in.read();
		}
	}

}
