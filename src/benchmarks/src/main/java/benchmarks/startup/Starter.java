package benchmarks.startup;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import benchmarks.measure.Subject;

/**
 * Starts the application, with or without the starter.
 */
final class Starter implements Subject {

	private final boolean withBuddy;

	private final Path folder;

	private final String url;

	private final List<Start> starts = new ArrayList<>();

	Starter(boolean withBuddy, Path folder) {
		this.withBuddy = withBuddy;
		this.folder = folder;
		this.url = "jdbc:h2:async:" + folder.resolve(withBuddy ? "with" : "without") + ";WRITE_DELAY=0";
	}

	@Override
	public String name() {
		return this.withBuddy ? "with the starter" : "without the starter";
	}

	List<Start> starts() {
		return this.starts;
	}

	@Override
	public void run(int thread) throws IOException, InterruptedException {
		this.starts.add(start());
	}

	Start start() throws IOException, InterruptedException {
		Path file = this.folder.resolve("start");
		Path log = this.folder.resolve("log");
		ProcessBuilder command = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-cp",
				classPath(), StartupApplication.class.getName(), "--spring.datasource.url=" + this.url,
				"--spring.datasource.username=sa", "--" + StartupApplication.FILE + "=" + file)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		Files.deleteIfExists(file);
		long begun = System.nanoTime();
		int exit = command.start().waitFor();
		double wallMicros = (System.nanoTime() - begun) / 1e3;
		if (exit != 0 || !Files.exists(file)) {
			throw new IllegalStateException("The application " + name() + " did not start: " + Files.readString(log));
		}
		String[] words = Files.readString(file).split(" ");
		Start start = new Start(wallMicros, Long.parseLong(words[0]) / 1e3, Boolean.parseBoolean(words[1]));
		if (start.workflow() != this.withBuddy) {
			throw new IllegalStateException("The application " + name() + " has " + (start.workflow() ? "a" : "no")
					+ " workflow: " + Files.readString(log));
		}
		return start;
	}

	private String classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> this.withBuddy || !entry.contains("buddy-spring-boot-"))
			.collect(Collectors.joining(File.pathSeparator));
	}

}
