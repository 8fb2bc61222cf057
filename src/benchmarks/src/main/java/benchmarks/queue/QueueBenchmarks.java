package benchmarks.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import benchmarks.database.RunningDatabase;
import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Subject;
import benchmarks.report.Result;
import benchmarks.report.Targets;

/**
 * How long a batch of queued runs takes, beside tasks of db-scheduler that write the same
 * rows.
 */
public final class QueueBenchmarks {

	private static final Logger logger = LoggerFactory.getLogger(QueueBenchmarks.class);

	/** How many are queued before they are waited for. */
	static final int BATCH = 200;

	static final int THREADS = 16;

	static final int SESSIONS = 32;

	private static final int WARM_UP = 15;

	private static final Duration LONGEST = Duration.ofMinutes(2);

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public QueueBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan.withRuns(1);
		this.results = results;
	}

	/**
	 * Measures.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		DataSource dataSource = this.database.dataSource();
		JdbcTemplate jdbc = new JdbcTemplate(dataSource);
		try (ConfigurableApplicationContext application = start(dataSource);
				BareTasks bare = BareTasks.start(dataSource)) {
			logger.info("{}: queued runs", this.database.database().title());
			Subject queued = new QueuedRuns(application.getBean(WorkflowRuns.class), jdbc);
			for (int i = 0; i < WARM_UP; i++) {
				queued.run(0);
				bare.run(0);
			}
			jdbc.update("delete from buddy_workflow_run");
			this.database.settle();
			List<Pair> pairs = new Interleaving(this.plan).measure(bare, List.of(queued));
			String section = this.database.database().title();
			String title = BATCH + " queued runs, " + THREADS + " threads";
			this.results.add(section, title, "run", pairs.get(0).perPart(BATCH));
			Pair pair = pairs.get(1).perPart(BATCH);
			this.results.accept(new Result(section, title, "run", pair, Targets.T14.judge(pair)));
		}
	}

	private static ConfigurableApplicationContext start(DataSource dataSource) {
		return new SpringApplicationBuilder(Configured.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("dataSource", dataSource))
			.properties("spring.main.banner-mode=off", "spring.jmx.enabled=false", "buddy.engine.threads=" + THREADS)
			.run();
	}

	/** Waits until a table of tickets is empty. */
	static void await(JdbcTemplate jdbc, String table) throws InterruptedException {
		long deadline = System.nanoTime() + LONGEST.toNanos();
		while (Boolean.TRUE.equals(jdbc.queryForObject("select exists (select 1 from " + table + ")", Boolean.class))) {
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("There are still rows in " + table + " after " + LONGEST);
			}
			Thread.sleep(2);
		}
	}

	static String session(int i) {
		return "queue-" + i % SESSIONS;
	}

	private record QueuedRuns(WorkflowRuns runs, JdbcTemplate jdbc) implements Subject {

		@Override
		public String name() {
			return "buddy, submit";
		}

		@Override
		public void run(int thread) throws Exception {
			for (int i = 0; i < BATCH; i++) {
				WorkflowScope.session(session(i)).run(() -> this.runs.submit(TrivialWorkflow.ID, Map.of()));
			}
			await(this.jdbc, "buddy_task");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configured {

		@Bean
		TrivialWorkflow trivialWorkflow() {
			return new TrivialWorkflow();
		}

	}

}
