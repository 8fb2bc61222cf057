package testkit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes what a reader of the build's console must know: the seed of the random order, a
 * line a class, and how many of its tests did not run, and why. Everything else that
 * tests print is in Surefire's reports.
 */
public class TestRunNotes implements LauncherSessionListener, TestExecutionListener {

	private static final String SEED = "junit.jupiter.execution.order.random.seed";

	/** The console itself: Surefire has put its own stream in the place of System.out. */
	private static final PrintStream CONSOLE = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	private final Map<String, Notes> running = new ConcurrentHashMap<>();

	private TestPlan plan;

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		if (System.getProperty(SEED) == null) {
			String seed = Long.toString(System.nanoTime());
			System.setProperty(SEED, seed);
			CONSOLE.println("Test order: repeat it with -D" + SEED + "=" + seed);
		}
	}

	@Override
	public void testPlanExecutionStarted(TestPlan testPlan) {
		this.plan = testPlan;
	}

	@Override
	public void executionStarted(TestIdentifier test) {
		topClass(test).filter((name) -> isTopClass(test)).ifPresent((name) -> this.running.put(name, new Notes()));
	}

	@Override
	public void executionSkipped(TestIdentifier test, String reason) {
		topClass(test).ifPresent((name) -> {
			this.running.computeIfAbsent(name, (missing) -> new Notes()).skipped(reason, tests(test));
			if (isTopClass(test)) {
				finish(name);
			}
		});
	}

	@Override
	public void executionFinished(TestIdentifier test, TestExecutionResult result) {
		topClass(test).ifPresent((name) -> {
			Notes notes = this.running.get(name);
			if (notes == null) {
				return;
			}
			if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
				notes.skipped(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"), tests(test));
			}
			else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
				notes.failed++;
			}
			else if (test.isTest()) {
				notes.passed++;
			}
			if (isTopClass(test)) {
				finish(name);
			}
		});
	}

	/** Returns how many tests are known to be in it: at least the one that it is. */
	private int tests(TestIdentifier test) {
		return (int) Math.max(1, this.plan.getDescendants(test).stream().filter(TestIdentifier::isTest).count());
	}

	private void finish(String name) {
		CONSOLE.println(this.running.remove(name).lines(name));
	}

	private static boolean isTopClass(TestIdentifier test) {
		return test.getSource().filter(ClassSource.class::isInstance).isPresent()
				&& test.getUniqueIdObject().getSegments().size() == 2;
	}

	private static Optional<String> topClass(TestIdentifier test) {
		return test.getUniqueIdObject()
			.getSegments()
			.stream()
			.filter((segment) -> segment.getType().equals("class") || segment.getType().equals("class-template"))
			.map((segment) -> segment.getValue())
			.findFirst();
	}

	private static final class Notes {

		private final long begun = System.nanoTime();

		private final Map<String, Integer> skipped = new TreeMap<>();

		private int passed;

		private int failed;

		synchronized void skipped(String reason, int tests) {
			this.skipped.merge(reason.strip(), tests, Integer::sum);
		}

		synchronized String lines(String name) {
			StringBuilder lines = new StringBuilder(String.format(Locale.ROOT, "%s %s: %d passed",
					(this.failed > 0) ? "FAILED" : "ok", name, this.passed));
			if (this.failed > 0) {
				lines.append(", ").append(this.failed).append(" failed");
			}
			lines.append(String.format(Locale.ROOT, " (%.1f s)", (System.nanoTime() - this.begun) / 1e9));
			this.skipped.forEach((reason, tests) -> lines.append(System.lineSeparator())
				.append("   SKIPPED ")
				.append(tests)
				.append(": ")
				.append(reason.replaceAll("\\s+", " ")));
			return lines.toString();
		}

	}

}
