package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import buddy.storage.RunOwners;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Heartbeats on servers have a connection of their own.
 */
@ParameterizedClass
@EnumSource(names = { "POSTGRESQL", "MARIADB" })
class HeartbeatTests {

	/** A machine that pauses for longer begins the time anew in which nothing expires. */
	private static final Duration LEASE = Duration.ofMillis(Nightly.size(1200, 10_000));

	private static final Duration EXHAUSTED = Duration.ofMillis(Nightly.size(2400, 30_000));

	private final TestDatabase database;

	private final String[] properties;

	private TestApplication application;

	HeartbeatTests(TestDatabase database) {
		if (database == TestDatabase.MARIADB) {
			Nightly.only("the same on PostgreSQL");
		}
		this.database = database;
		this.properties = database.create();
	}

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void nodeWhosePoolIsExhaustedForLongerThanItsLeaseIsNotTakenForDead() throws Exception {
		this.application = start("spring.datasource.hikari.maximum-pool-size=5",
				"spring.datasource.hikari.connection-timeout=120000");
		Holding holding = this.application.bean(Holding.class);
		List<CompletableFuture<String>> runs = new ArrayList<>();
		for (int i = 0; i < Holding.RUNS; i++) {
			String session = "s" + i;
			CompletableFuture<String> run = new CompletableFuture<>();
			new Thread(() -> run.completeAsync(() -> holding.run(session), Runnable::run)).start();
			runs.add(run);
		}
		holding.awaitAll();
		Awaitility.await().until(() -> this.application.connectionsInUse() == 5);
		try (SingleConnectionDataSource watching = watching()) {
			JdbcTemplate jdbc = new JdbcTemplate(watching);
			String now = ((this.database == TestDatabase.POSTGRESQL) ? SqlDialect.POSTGRESQL : SqlDialect.MARIADB)
				.now();

			Awaitility.await()
				.pollInterval(Duration.ofMillis(20))
				.during(EXHAUSTED)
				.atMost(EXHAUSTED.plusSeconds(30))
				.until(() -> jdbc.queryForObject("select count(*) from buddy_node where expires_at > " + now,
						Integer.class) == 1);
		}

		holding.goOn();
		for (CompletableFuture<String> run : runs) {
			assertThat(run).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("held");
		}
	}

	@Test
	void connectionOfHeartbeatsIsOpenedWhenNeededAgainWhenCutAndClosedAtTheEnd() throws Exception {
		this.application = start("spring.datasource.hikari.connection-init-sql=select 4711");
		DataSource pool = this.application.bean(DataSource.class);
		SqlDialect dialect = SqlDialect.of(pool);
		HikariDataSource own = (HikariDataSource) SideDataSource.of(pool, dialect, "buddy-heartbeat", 1);
		assertThat(own.isRunning()).isFalse();
		assertThat(own.getConnectionInitSql()).isEqualTo("select 4711");
		assertThat(own.getUsername()).isEqualTo(pool.unwrap(HikariDataSource.class).getUsername());
		assertThat(own.getMetricsTrackerFactory()).isNull();
		own.close();

		RunOwners owners = this.application.bean(RunOwners.class);
		owners.seen("n1", 60_000);
		owners.seen("n1", 60_000);
		try (SingleConnectionDataSource watching = watching()) {
			JdbcTemplate jdbc = new JdbcTemplate(watching);
			int before = connections(jdbc);
			cutAll(jdbc);
			Awaitility.await().ignoreExceptions().until(() -> owners.seen("n1", 60_000));
			this.application.close();
			this.application = null;
			Awaitility.await().until(() -> connections(jdbc) == 1);
			assertThat(before).isGreaterThan(2);
		}
	}

	@Test
	void whereItIsUnknownHowThePoolConnectsItsConnectionsAreUsed() throws SQLException {
		this.application = start();
		DataSource other = new SimpleDriverDataSource(DriverManager.getDriver(value("url")), value("url"),
				value("username"), "");
		assertThat(SideDataSource.of(other, SqlDialect.of(other), "buddy-heartbeat", 1)).isNull();
		Heartbeats heartbeats = new Heartbeats(other, SqlDialect.of(other), new StorageTimeouts(Duration.ofSeconds(10)),
				SchemaTables.OF_CONNECTION);
		heartbeats.beat("n1", 60_000);
		assertThat(new JdbcTemplate(other).queryForObject("select count(*) from buddy_node", Integer.class)).isOne();
		heartbeats.close();
		try (Connection connection = other.getConnection()) {
			assertThat(connection.isClosed()).isFalse();
		}
	}

	private TestApplication start(String... more) {
		return TestApplication.start(Stream
			.of(this.properties,
					new String[] { "buddy.node.lease=" + LEASE.toMillis() + "ms", "buddy.node.heartbeat-interval=200ms",
							"buddy.runs.cancel-poll-interval=50ms" },
					more)
			.flatMap(Stream::of)
			.toArray(String[]::new), Workflows.class);
	}

	private SingleConnectionDataSource watching() {
		return new SingleConnectionDataSource(value("url"), value("username"), "", true);
	}

	private String value(String name) {
		String key = "spring.datasource." + name + "=";
		return Stream.of(this.properties)
			.filter((property) -> property.startsWith(key))
			.findFirst()
			.orElseThrow()
			.substring(key.length());
	}

	private int connections(JdbcTemplate jdbc) {
		Integer count = jdbc.queryForObject((this.database == TestDatabase.POSTGRESQL)
				? "select count(*) from pg_stat_activity where datname = current_database()"
				: "select count(*) from information_schema.processlist where db = database()", Integer.class);
		return (count != null) ? count : 0;
	}

	/** Cuts all connections to the database but the one that does it. */
	private void cutAll(JdbcTemplate jdbc) {
		if (this.database == TestDatabase.POSTGRESQL) {
			jdbc.queryForList("select pg_terminate_backend(pid) from pg_stat_activity"
					+ " where datname = current_database() and pid <> pg_backend_pid()");
			return;
		}
		jdbc.queryForList(
				"select id from information_schema.processlist where db = database() and id <> connection_id()",
				Long.class)
			.forEach((id) -> jdbc.execute("kill " + id));
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Holding holding(DataSource pool) {
			return new Holding(pool);
		}

	}

	/** Holds a connection of the pool while it runs, or waits for one. */
	static class Holding extends Workflow {

		static final int RUNS = 10;

		private final CountDownLatch begun = new CountDownLatch(RUNS);

		private final CountDownLatch done = new CountDownLatch(1);

		private final DataSource pool;

		Holding(DataSource pool) {
			this.pool = pool;
		}

		void awaitAll() {
			await(this.begun);
		}

		void goOn() {
			this.done.countDown();
		}

		String run(@SessionId String session) {
			this.begun.countDown();
			await(this.begun);
			try (Connection connection = this.pool.getConnection()) {
				await(this.done);
				return connection.isClosed() ? "lost" : "held";
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static void await(CountDownLatch latch) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
