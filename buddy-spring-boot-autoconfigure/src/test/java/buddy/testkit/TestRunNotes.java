package buddy.testkit;

import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints what a reader of the build's output must know and Surefire does not say: the
 * seed of the random order, and the reason of every test that did not run.
 */
public class TestRunNotes implements LauncherSessionListener, TestExecutionListener {

	private static final String SEED = "junit.jupiter.execution.order.random.seed";

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		if (System.getProperty(SEED) == null) {
			String seed = Long.toString(System.nanoTime());
			System.setProperty(SEED, seed);
			System.out.println("TEST ORDER: repeat it with -D" + SEED + "=" + seed);
		}
	}

	@Override
	public void executionSkipped(TestIdentifier test, String reason) {
		print(test, reason);
	}

	@Override
	public void executionFinished(TestIdentifier test, TestExecutionResult result) {
		if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
			print(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
		}
	}

	private static void print(TestIdentifier test, String reason) {
		System.out.println("SKIPPED " + test.getSource().map(TestRunNotes::name).orElse(test.getDisplayName()) + ": "
				+ reason.strip());
	}

	private static String name(TestSource source) {
		if (source instanceof MethodSource method) {
			return method.getClassName() + "." + method.getMethodName();
		}
		return (source instanceof ClassSource type) ? type.getClassName() : source.toString();
	}

}
