package buddy.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.run.RunContext;
import buddy.testkit.JavaProcess;
import buddy.testkit.TestApplication;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

/**
 * A node whose runs are continued by the others, and the workflow that it executes.
 */
final class JourneyNode {

	static final Duration LEASE = Duration.ofSeconds(4);

	static final String STANDING = "All stand still";

	static final String ENDED = "Ended ";

	private static final String[] SETTINGS = { "buddy.node.lease=" + LEASE.toMillis() + "ms",
			"buddy.node.heartbeat-interval=400ms", "buddy.node.end-orphans=true", "buddy.durable.recover=auto",
			"buddy.runs.cancel-poll-interval=200ms",
			// each transactional step that stands still holds a connection
			"spring.datasource.hikari.maximum-pool-size=30" };

	private JourneyNode() {
	}

	/** A node in this process, which prints nothing and stands still nowhere. */
	static TestApplication here(String[] database, String... properties) {
		return TestApplication.start(all(all(database, SETTINGS), properties), Journeys.class);
	}

	/**
	 * A node in a process of its own, which begins runs at once.
	 * @param runs how many for each point
	 * @param points the points
	 */
	static JavaProcess other(String[] database, int runs, List<FaultPoint> points, String... properties) {
		String names = String.join(",", points.stream().map(Enum::name).toList());
		return JavaProcess.start(JourneyNode.class,
				all(all(database, SETTINGS), all(new String[] { "runs=" + runs, "points=" + names }, properties)));
	}

	private static String[] all(String[] one, String[] other) {
		return Stream.of(one, other).flatMap(Stream::of).toArray(String[]::new);
	}

	public static void main(String[] properties) throws InterruptedException {
		int runs = Integer.parseInt(value(properties, "runs="));
		List<FaultPoint> points = Stream.of(value(properties, "points=").split(",")).map(FaultPoint::valueOf).toList();
		boolean stand = Stream.of(properties).noneMatch((p) -> p.startsWith("gate="));
		StandingConfiguration.standing = stand
				? runs * (int) points.stream().filter((point) -> point != FaultPoint.ANYWHERE).count() : 0;
		TestApplication node = TestApplication.start(properties, Journeys.class, StandingConfiguration.class);
		Journey journey = node.bean(Journey.class);
		for (int i = 0; i < runs; i++) {
			for (FaultPoint point : points) {
				begin(journey, point);
			}
		}
		node.bean(StandStill.class).awaitAll();
		System.out.println(STANDING);
		new CountDownLatch(1).await();
	}

	private static void begin(Journey journey, FaultPoint point) {
		Thread thread = new Thread(() -> {
			String session = "s-" + UUID.randomUUID();
			try {
				Object result = WorkflowScope.session(session)
					.call(() -> journey.run(point, (point == FaultPoint.ANYWHERE) ? 40 : 4));
				System.out.println(ENDED + session + " " + result);
			}
			catch (Exception | Error ex) {
				System.out.println(ENDED + session + " " + ex.getClass().getSimpleName());
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	private static String value(String[] properties, String name) {
		return Stream.of(properties)
			.filter((property) -> property.startsWith(name))
			.map((property) -> property.substring(name.length()))
			.findFirst()
			.orElseThrow();
	}

	/** What the results of a journey's steps make of its own result. */
	static String joined(List<String> results) {
		return results.stream()
			.map((result) -> result.substring(1, result.length() - 1))
			.collect(Collectors.joining(" "));
	}

	/** What the steps' bodies do, outside of the tables of buddy. */
	static void createTables(DataSource dataSource) {
		JdbcTemplate jdbc = new JdbcTemplate(dataSource);
		jdbc.execute("create table if not exists ledger (run_id varchar(36), leg int, pid bigint)");
		jdbc.execute("create table if not exists booking (run_id varchar(36), leg int)");
	}

	@Configuration(proxyBeanMethods = false)
	static class StandingConfiguration {

		static int standing;

		@Bean
		static StandStill standStill() {
			return new StandStill(standing);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Journeys {

		@Bean
		Journey journey(DataSource dataSource, ObjectProvider<StandStill> standing, @Value("${gate:}") String gate) {
			createTables(dataSource);
			return new Journey(dataSource, standing.getIfAvailable(() -> new StandStill(0)), gate);
		}

	}

	/** Goes some legs, each a step that leaves its traces. */
	static class Journey extends Workflow {

		private final DataSource dataSource;

		private final StandStill standing;

		private final String gate;

		private final CountDownLatch never = new CountDownLatch(1);

		Journey(DataSource dataSource, StandStill standing, String gate) {
			this.dataSource = dataSource;
			this.standing = standing;
			this.gate = gate;
		}

		String run(FaultPoint point, int legs) throws Exception {
			this.standing.put(RunContext.current().runId(), point);
			sessionState().increment("journeys", 1);
			List<String> gone = new ArrayList<>();
			for (int i = 1; i <= legs; i++) {
				int leg = i;
				gone.add(this.<String, Exception>step("leg", options(point, leg), () -> go(point, leg)));
			}
			return String.join(" ", gone);
		}

		private StepOptions options(FaultPoint point, int leg) {
			String runId = RunContext.current().runId();
			StepOptions options = StepOptions.of(point.mode());
			return (point != FaultPoint.STARTED) ? options : options.reconcile(
					() -> (calls(runId, leg) > 0) ? StepOutcome.happened("leg" + leg) : StepOutcome.notHappened());
		}

		private String go(FaultPoint point, int leg) throws SQLException, InterruptedException {
			String runId = RunContext.current().runId();
			if (point == FaultPoint.HALT) {
				Runtime.getRuntime().halt(1);
			}
			if (point == FaultPoint.ANYWHERE) {
				this.never.await(20, TimeUnit.MILLISECONDS);
			}
			call(runId, leg);
			if (point == FaultPoint.BEFORE_COMMIT || point == FaultPoint.AFTER_COMMIT) {
				new JdbcTemplate(this.dataSource).update("insert into booking values (?, ?)", runId, leg);
				if (leg == 2) {
					TransactionSynchronizationManager.registerSynchronization(beforeCommit(runId));
				}
			}
			while (leg == 2 && point != FaultPoint.ANYWHERE && !this.gate.isEmpty()
					&& !Files.exists(Path.of(this.gate))) {
				this.never.await(20, TimeUnit.MILLISECONDS);
			}
			return "leg" + leg;
		}

		private TransactionSynchronization beforeCommit(String runId) {
			return new TransactionSynchronization() {
				@Override
				public void beforeCommit(boolean readOnly) {
					Journey.this.standing.at(runId, FaultPoint.BEFORE_COMMIT);
				}
			};
		}

		/** Is committed by itself, whatever transaction there is. */
		private void call(String runId, int leg) throws SQLException {
			try (Connection connection = this.dataSource.getConnection();
					PreparedStatement insert = connection.prepareStatement("insert into ledger values (?, ?, ?)")) {
				insert.setString(1, runId);
				insert.setInt(2, leg);
				insert.setLong(3, ProcessHandle.current().pid());
				insert.executeUpdate();
			}
		}

		private int calls(String runId, int leg) {
			return new JdbcTemplate(this.dataSource)
				.queryForObject("select count(*) from ledger where run_id = ? and leg = ?", Integer.class, runId, leg);
		}

	}

}
