package buddy.test;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.util.ClassUtils;

/**
 * Resets scripts, recorded runs and the clock after each test.
 */
final class ResetTestExecutionListener extends AbstractTestExecutionListener {

	private static final boolean AGENTS_PRESENT = ClassUtils.isPresent("org.springframework.ai.chat.client.ChatClient",
			ResetTestExecutionListener.class.getClassLoader());

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		if (!testContext.hasApplicationContext()) {
			return;
		}
		ApplicationContext context = testContext.getApplicationContext();
		context.getBeanProvider(SettableClock.class).ifAvailable(SettableClock::reset);
		context.getBeanProvider(RecordedRuns.class).ifAvailable(RecordedRuns::reset);
		context.getBeanProvider(RunCrashes.class).ifAvailable(RunCrashes::reset);
		if (AGENTS_PRESENT) {
			Scripts.reset(context);
		}
	}

	/** A separate class, since it cannot be loaded without Spring AI. */
	private static final class Scripts {

		static void reset(ApplicationContext context) {
			context.getBeanProvider(ScriptedAgents.class).ifAvailable(ScriptedAgents::reset);
		}

	}

}
