package buddy.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;

import buddy.durable.RunJournal;
import buddy.run.RunKey;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database goes away between the statement that takes a run from a node that died and
 * those that read what is recorded of it: the run is continued later.
 */
class UnreadableJournalTests {

	@Test
	void runThatWasTakenAndCouldNotBeReadIsTakenAgain() {
		Nightly.only("strays are looked for though no run is executed, by StrayRunsTests");
		try (TestApplication here = TestApplication.start(Stream
			.concat(Stream.of(TestDatabase.H2.create()),
					Stream.of("buddy.node.lease=2s", "buddy.node.heartbeat-interval=200ms",
							"buddy.node.end-orphans=true", "buddy.durable.recover=auto"))
			.toArray(String[]::new), Away.class)) {
			here.bean(WorkflowSessionRepository.class)
				.begin(NewRun.builder(new RunKey("taken", "one", "s1", null), new SessionSeed(null, null, null))
					.createdAt(System.currentTimeMillis())
					.input("{}")
					.ownerNode("dead")
					.build());
			JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
			Awaitility.await()
				.until(() -> jdbc.queryForObject("select status from buddy_workflow_run", String.class)
					.equals("COMPLETED"));
			assertThat(Away.READS).hasValueGreaterThan(1);
			assertThat(jdbc.queryForObject("select epoch from buddy_workflow_run", Integer.class)).isEqualTo(2);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Away {

		private static final AtomicInteger READS = new AtomicInteger();

		@Bean
		static BeanPostProcessor away() {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof RunJournal) ? proxy(bean) : bean;
				}
			};
		}

		private static Object proxy(Object journal) {
			return Proxy.newProxyInstance(journal.getClass().getClassLoader(), ClassUtils.getAllInterfaces(journal),
					(proxy, method, arguments) -> {
						if (method.getName().equals("base") && READS.incrementAndGet() == 1) {
							throw new DataAccessResourceFailureException("away");
						}
						try {
							return method.invoke(journal, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		@Bean
		One one() {
			return new One();
		}

	}

	/** Has one step. */
	static class One extends Workflow {

		String run() {
			return step("one", () -> "one");
		}

	}

}
