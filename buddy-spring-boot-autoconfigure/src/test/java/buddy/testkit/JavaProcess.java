package buddy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import testkit.Missing;
import testkit.Programs;

/**
 * Another JVM with the class path of this one, which can be killed, paused and told to
 * stop. What it prints is kept below {@code target}.
 */
public final class JavaProcess implements AutoCloseable {

	private final Process process;

	private final Path log;

	private JavaProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts a process.
	 * @param main the class with the main method
	 * @param arguments what that gets
	 * @return the process, which may not have come to the main method yet
	 */
	public static JavaProcess start(Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		try {
			Path folder = Files.createDirectories(Path.of("target", "processes"));
			Path log = Files.createTempFile(folder, main.getSimpleName() + "-", ".log");
			return new JavaProcess(
					new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the id of the process.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Tells whether it has not ended.
	 * @return whether it lives, be it paused
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Waits until the process has printed a line.
	 * @param start how the line begins
	 * @return the rest of it
	 */
	public String awaitLine(String start) {
		return Awaitility.await("a line '" + start + "…' in " + this.log)
			.atMost(Duration.ofMinutes(2))
			.failFast("it has ended, see " + this.log, () -> !this.process.isAlive())
			.until(() -> line(start), Optional::isPresent)
			.orElseThrow();
	}

	private Optional<String> line(String start) throws IOException {
		try (Stream<String> lines = Files.lines(this.log)) {
			return lines.filter((line) -> line.startsWith(start))
				.map((line) -> line.substring(start.length()))
				.findFirst();
		}
	}

	/**
	 * Returns what the process has printed.
	 * @param start how the lines begin
	 * @return the rests of them
	 */
	public List<String> lines(String start) {
		try (Stream<String> lines = Files.lines(this.log)) {
			return lines.filter((line) -> line.startsWith(start))
				.map((line) -> line.substring(start.length()))
				.toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Ends it at once, as {@code kill -9} does. */
	public void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/** Tells it to stop, as {@code kill} does. */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Waits until it has ended.
	 * @param most for how long
	 * @return whether it has
	 */
	public boolean awaitExit(Duration most) {
		try {
			return this.process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/** Stops it where it is, until it may go on. */
	public void pause() {
		signal("-STOP");
	}

	/** Lets it go on after a pause. */
	public void goOn() {
		signal("-CONT");
	}

	private void signal(String signal) {
		Path kill = Programs.find("kill").orElseThrow(() -> Missing.on("there is no program 'kill'", null));
		try {
			Process sent = new ProcessBuilder(kill.toString(), signal, String.valueOf(pid())).inheritIO().start();
			if (sent.onExit().join().exitValue() != 0) {
				throw new IllegalStateException("kill " + signal + " " + pid() + " failed");
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		kill();
	}

}
