package benchmarks.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * On what a report was made.
 *
 * @param mode full or quick
 * @param startedAt when, in UTC
 * @param seconds how long it took
 * @param cores how many processors the JVM sees
 * @param cpu the processor's model
 * @param memory the machine's memory and the heap's limit
 * @param jdk the JVM
 * @param os the operating system
 * @param loadAverage the machine's load when it began, over the last minute
 * @param buddy the commit that was measured
 * @param databases version and settings of each database
 */
public record Machine(String mode, String startedAt, long seconds, int cores, String cpu, String memory, String jdk,
		String os, double loadAverage, String buddy, Map<String, String> databases) {

	/**
	 * Looks at the machine.
	 * @param mode full or quick
	 * @return the machine, with no databases yet
	 */
	public static Machine here(String mode) {
		return new Machine(mode, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), 0,
				Runtime.getRuntime().availableProcessors(), line("/proc/cpuinfo", "model name"),
				line("/proc/meminfo", "MemTotal") + ", heap at most " + (Runtime.getRuntime().maxMemory() >> 20)
						+ " MB",
				System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + " ("
						+ System.getProperty("java.vendor") + ")",
				System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
						+ System.getProperty("os.arch"),
				ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), commit(), Map.of());
	}

	/**
	 * Returns the same machine after the report.
	 * @param seconds how long it took
	 * @param databases version and settings of each database
	 * @return the machine
	 */
	public Machine after(long seconds, Map<String, String> databases) {
		return new Machine(this.mode, this.startedAt, seconds, this.cores, this.cpu, this.memory, this.jdk, this.os,
				this.loadAverage, this.buddy, databases);
	}

	private static String line(String file, String key) {
		try (Stream<String> lines = Files.lines(Path.of(file))) {
			return lines.filter((line) -> line.startsWith(key))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown");
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

	private static String commit() {
		try {
			Process process = new ProcessBuilder(List.of("git", "describe", "--always", "--dirty"))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			String commit = new String(process.getInputStream().readAllBytes()).strip();
			return commit.isEmpty() ? "unknown" : commit;
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

}
