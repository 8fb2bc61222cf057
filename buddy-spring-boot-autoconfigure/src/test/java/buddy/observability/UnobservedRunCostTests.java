package buddy.observability;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

import com.sun.management.ThreadMXBean;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import buddy.run.RunInterceptor;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.WorkflowScope;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What standing around runs costs those that nobody observes, in memory and without a
 * clock. Each figure is a median.
 */
class UnobservedRunCostTests {

	private static final int WARM_UP = 3_000;

	private static final int RUNS = 301;

	@Test
	void withoutARegistryThatListensARunCostsNothingMore() {
		long alone = memoryOfARun(List.of());
		long unobserved = memoryOfARun(List.of(new RunObservations(ObservationRegistry.NOOP, null, null, false)));

		assertThat(unobserved - alone).isBetween(-300L, 300L);
	}

	@Test
	void logEntriesOfARunCostLittle() {
		long alone = memoryOfARun(List.of());
		long logged = memoryOfARun(List.of(new RunLogEntries()));

		assertThat(logged - alone).isLessThan(1_500);
	}

	private static long memoryOfARun(List<RunInterceptor> interceptors) {
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		try (WorkflowRunner runner = WorkflowRunner.over(() -> store).interceptors(interceptors).build()) {
			Shapes.Value workflow = Workflows.proxy(new Shapes.Value(), runner);
			for (int i = 0; i < WARM_UP; i++) {
				run(workflow, "warm" + i);
			}
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			long[] costs = new long[RUNS];
			for (int i = 0; i < RUNS; i++) {
				String session = "s" + i;
				long before = threads.getCurrentThreadAllocatedBytes();
				run(workflow, session);
				costs[i] = threads.getCurrentThreadAllocatedBytes() - before;
			}
			Arrays.sort(costs);
			return costs[RUNS / 2];
		}
	}

	private static void run(Shapes.Value workflow, String session) {
		WorkflowScope.session(session).run(() -> workflow.run(session, "topic", () -> "done"));
	}

}
