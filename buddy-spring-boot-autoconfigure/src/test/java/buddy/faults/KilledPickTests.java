package buddy.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunJournal;
import buddy.engine.RunEngine;
import buddy.engine.RunEngine.Execution;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.RunQueue;
import buddy.storage.RunTake;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes are killed when the engine has given them queued runs, when these have begun,
 * when they were taken from a dead node, and when they have ended but are still with the
 * engine. The next node completes them, each step is called once, and the engine has
 * nothing left.
 */
class KilledPickTests {

	private static final int ROUNDS = 2;

	private static final int RUNS = 10;

	private static final int LEGS = 3;

	private static final String STANDS = "Stands ";

	private static final Duration MOST = Duration.ofMinutes(2);

	@ParameterizedTest
	@EnumSource
	void runsThatANodeHasPickedAreNotLost(WorkerEngine engine) throws IOException {
		Nightly.only("RacingTicketTests and RunCrashTests end runs at such points");
		try (TemporalProcess server = engine.start()) {
			String[] properties = engine.properties(TestDatabase.POSTGRESQL.create(), server);
			try (TestApplication here = TestApplication.start(properties, JourneyNode.Journeys.class,
					TemporalProcess.Client.class)) {
				for (int round = 0; round < ROUNDS; round++) {
					for (Point point : Point.values()) {
						kill(here, properties, point, engine);
					}
				}
			}
		}
	}

	private static void kill(TestApplication here, String[] properties, Point point, WorkerEngine engine) {
		List<String> submitted = submit(here, RUNS);
		if (point == Point.TAKEN) {
			killNode(properties, Point.BEGUN, RUNS);
			// one after the other is taken
			killNode(properties, Point.TAKEN, 1);
		}
		else {
			killNode(properties, point, RUNS);
		}
		// tickets of runs that were begun are removed by an engine that has something to
		// do
		submit(here, 1);
		try (JavaProcess next = KilledWorkerTests.node(properties)) {
			awaitNone(here, "buddy_workflow_run where status <> 'COMPLETED'");
			if (engine == WorkerEngine.DB_SCHEDULER) {
				awaitNone(here, "buddy_task");
			}
		}
		check(here, submitted, point);
	}

	private static List<String> submit(TestApplication here, int number) {
		WorkflowRuns runs = here.bean(WorkflowRuns.class).ofEverybody();
		return IntStream.range(0, number)
			.mapToObj((i) -> runs.submit("journey", Map.of("point", FaultPoint.ANYWHERE, "legs", LEGS)).runId())
			.toList();
	}

	private static void killNode(String[] properties, Point point, int standing) {
		try (JavaProcess node = KilledWorkerTests.node(KilledPickTests.class, properties,
				"buddy.engine.threads=" + RUNS, "stand=" + point)) {
			node.awaitLine(KilledWorkerTests.READY);
			Awaitility.await().atMost(MOST).until(() -> node.lines(STANDS).stream().distinct().count() >= standing);
			node.kill();
		}
	}

	private static void check(TestApplication here, List<String> runs, Point point) {
		RunHistoryChecker checker = RunHistoryChecker.of(here);
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		int most = 0;
		for (String runId : runs) {
			History history = checker.check(runId, JourneyNode::joined);
			assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(KilledNodeTests.calls(jdbc, runId)).hasSize(LEGS)
				.allSatisfy((step, calls) -> assertThat(calls).as("calls of %s at %s", step, point).isOne());
			most = Math.max(most, history.run().epoch());
		}
		assertThat(most).as("executions at %s", point).isEqualTo(point.epochs);
	}

	private static void awaitNone(TestApplication here, String rows) {
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		Awaitility.await()
			.atMost(MOST)
			.pollInterval(Duration.ofMillis(200))
			.untilAsserted(
					() -> assertThat(jdbc.queryForObject("select count(*) from " + rows, Integer.class)).isZero());
	}

	/** A node whose runs stand still. */
	public static void main(String[] properties) throws InterruptedException {
		TestApplication.start(properties, JourneyNode.Journeys.class, TemporalProcess.Client.class, Standing.class);
		System.out.println(KilledWorkerTests.READY);
		new CountDownLatch(1).await();
	}

	/** Where runs stand still. */
	enum Point {

		/** The engine has given the run to the node. */
		PICKED(0),

		/** The run is stored as begun, and nothing was called. */
		BEGUN(1),

		/** The run of a dead node is stored as the run of this one. */
		TAKEN(2),

		/** The run has ended, and the engine does not know it. */
		ENDED(0);

		/** How often the runs were continued. */
		private final int epochs;

		Point(int epochs) {
			this.epochs = epochs;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Standing {

		@Bean
		static BeanPostProcessor standing(@Value("${stand}") Point point) {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					if (!(bean instanceof RunEngine || bean instanceof RunQueue || bean instanceof RunJournal)) {
						return bean;
					}
					ProxyFactory proxies = new ProxyFactory(bean);
					proxies.addAdvice((MethodInterceptor) (call) -> intercept(call, point));
					return proxies.getProxy();
				}
			};
		}

		private static Object intercept(MethodInvocation call, Point point) throws Throwable {
			Object[] arguments = call.getArguments();
			if (call.getThis() instanceof RunEngine && call.getMethod().getName().equals("start")) {
				arguments[1] = standing((Execution) arguments[1], point);
			}
			Object result = call.proceed();
			if (arguments.length > 0 && arguments[0] instanceof NewRun run
					&& call.getMethod().getName().equals("start")) {
				stand(run.runId(), Point.BEGUN, point);
			}
			else if (arguments.length > 0 && arguments[0] instanceof RunTake take) {
				stand(take.runId(), Point.TAKEN, point);
			}
			return result;
		}

		private static Execution standing(Execution execution, Point point) {
			return (workflowId, runId) -> {
				stand(runId, Point.PICKED, point);
				RunEngine.Outcome outcome = execution.execute(workflowId, runId);
				stand(runId, Point.ENDED, point);
				return outcome;
			};
		}

		private static void stand(String runId, Point here, Point point) {
			if (here == point) {
				System.out.println(STANDS + runId);
				while (true) {
					try {
						new CountDownLatch(1).await();
					}
					catch (InterruptedException ex) {
						// not even then
					}
				}
			}
		}

	}

}
