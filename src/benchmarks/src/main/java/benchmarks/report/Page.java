package benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;

import benchmarks.measure.Pair;
import benchmarks.measure.Statistics;

/**
 * The page that a report is rendered into.
 */
public final class Page {

	private static final String NOT_YET = "Not measured yet.";

	private final @Nullable Report report;

	private final @Nullable Nightly nightly;

	/**
	 * Creates the page.
	 * @param report the last report, if there is one
	 * @param nightly the last nightly result, if there is one
	 */
	public Page(@Nullable Report report, @Nullable Nightly nightly) {
		this.report = report;
		this.nightly = nightly;
	}

	/**
	 * Writes the page.
	 * @param file the file, which is overwritten
	 */
	public void write(Path file) {
		try {
			String template = new ClassPathResource("benchmarks.md").getContentAsString(StandardCharsets.UTF_8);
			Files.createDirectories(file.toAbsolutePath().getParent());
			Report last = this.report;
			Files.writeString(file,
					template.replace("{{machine}}", (last != null) ? machine(last.machine()) : NOT_YET)
						.replace("{{targets}}", (last != null) ? targets(last) : NOT_YET)
						.replace("{{tables}}", (last != null) ? tables(last) : NOT_YET)
						.replace("{{nightly}}", nightly()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String machine(Machine machine) {
		StringBuilder text = new StringBuilder();
		if (!"full".equals(machine.mode())) {
			text.append("**A smoke run (`--quick`): too few rounds to say anything about the targets.**\n\n");
		}
		text.append(format("%d cores of %s · %s · %s · %s · load %.2f at the start · commit %s · %s, %d s%n",
				machine.cores(), machine.cpu(), machine.memory(), machine.jdk(), machine.os(), machine.loadAverage(),
				machine.buddy(), machine.startedAt(), machine.seconds()));
		machine.databases()
			.forEach((name, settings) -> text.append("- ").append(name).append(": ").append(settings).append('\n'));
		return text.toString().strip();
	}

	private static String targets(Report report) {
		List<Result> judged = report.results().stream().filter((result) -> result.verdict() != null).toList();
		String header = "| target | measured on | what | limit | median | 95 % interval | |\n|---|---|---|---|---|---|---|\n";
		return header + judged.stream().map(Page::target).collect(Collectors.joining("\n"));
	}

	private static String target(Result result) {
		Verdict verdict = result.verdict();
		if (verdict == null) {
			return "";
		}
		return format("| %s | %s, %s | %s | %s %s | %.3f | %.3f…%.3f | %s |", verdict.target(), result.section(),
				result.title(), verdict.what(), number(verdict.limit()), verdict.unit(), verdict.measured(),
				verdict.low(), verdict.high(), verdict.met() ? "pass" : "**miss**");
	}

	private static String tables(Report report) {
		return report.results()
			.stream()
			.map(Result::section)
			.distinct()
			.map((section) -> "### " + section + "\n\n" + table(report, section))
			.collect(Collectors.joining("\n\n"));
	}

	private static String table(Report report, String section) {
		List<Result> rows = report.results().stream().filter((result) -> result.section().equals(section)).toList();
		String header = format("Times are those of one %s.%n%n", rows.get(0).unit())
				+ "| case | base | its time | subject | its time | ratio | p10 | min…max | 95 % interval |\n"
				+ "|---|---|---|---|---|---|---|---|---|\n";
		return header + rows.stream().map(Page::row).collect(Collectors.joining("\n"));
	}

	private static String row(Result result) {
		Pair pair = result.pair();
		Statistics ratio = pair.ratio();
		String median = pair.self() ? format("%.3f (A/A)", ratio.median()) : format("**%.3f**", ratio.median());
		return format("| %s | %s | %s | %s | %s | %s | %.3f | %.3f…%.3f | %.3f…%.3f |", result.title(), pair.base(),
				time(pair.baseMicros()), pair.subject(), time(pair.subjectMicros()), median, ratio.p10(), ratio.min(),
				ratio.max(), ratio.low(), ratio.high());
	}

	private String nightly() {
		Nightly last = this.nightly;
		if (last == null) {
			return NOT_YET;
		}
		return format(
				"%,d runs: %,d open at once, %,d completed, %,d recorded as `COMPLETED`; heap in use %d MB of %d MB while all were open; virtual threads that held their carrier for more than 20 ms: %d; %d platform threads before and %d after; %.1f s to open, %.1f s to drain. %s%n%n%s · %s",
				last.runs(), last.openAtOnce(), last.completed(), last.recorded(), last.heapUsedMegabytes(),
				last.heapLimitMegabytes(), last.pinned(), last.threadsBefore(), last.threadsAfter(),
				last.secondsToOpen(), last.secondsToDrain(),
				last.allRecorded() ? "None was lost." : "**Some were lost.**", last.database(),
				machine(last.machine()));
	}

	private static String number(double value) {
		return (value == Math.rint(value)) ? format("%.0f", value) : format("%s", value);
	}

	private static String time(double micros) {
		if (micros < 10) {
			return format("%.1f ns", micros * 1e3);
		}
		return (micros < 1e6) ? format("%,.1f µs", micros) : format("%.2f s", micros / 1e6);
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

}
