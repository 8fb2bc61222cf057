package buddy.test;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Forgets the runs of each test, which stay in the application's store.
 */
final class ForgetTestExecutionListener extends AbstractTestExecutionListener {

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		if (testContext.hasApplicationContext()) {
			ApplicationContext context = testContext.getApplicationContext();
			context.getBeanProvider(RecordedRuns.class).ifAvailable(RecordedRuns::forget);
			context.getBeanProvider(RunCrashes.class).ifAvailable(RunCrashes::reset);
		}
	}

}
