package buddy.actuate;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import buddy.testkit.Nightly;
import buddy.testkit.TcpProxy;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health of a PostgreSQL that is really away, or really hangs, and comes back.
 */
@Timeout(120)
class StoreHealthTests {

	/** What no detail may tell. */
	private static final String PASSWORD = "hunter2";

	private static final String URL = "spring.datasource.url=";

	private final int loginTimeout = DriverManager.getLoginTimeout();

	private String directUrl = "";

	private TcpProxy proxy;

	private TestApplication application;

	@BeforeEach
	void start() {
		String[] properties = TestDatabase.POSTGRESQL.create();
		this.directUrl = Arrays.stream(properties)
			.filter((property) -> property.startsWith(URL))
			.findFirst()
			.orElseThrow()
			.substring(URL.length());
		URI server = URI.create(this.directUrl.substring("jdbc:".length()));
		this.proxy = new TcpProxy(server.getPort());
		String proxied = this.directUrl.replace(":" + server.getPort() + "/", ":" + this.proxy.port() + "/");
		this.application = TestApplication.start(Stream.concat(Arrays.stream(properties),
				Stream.of(URL + proxied, "spring.datasource.password=" + PASSWORD,
						"buddy.observability.health-timeout=300ms", "spring.datasource.hikari.maximum-pool-size=2",
						"spring.datasource.hikari.connection-timeout=1000",
						"spring.datasource.hikari.validation-timeout=250",
						"spring.datasource.hikari.initialization-fail-timeout=30000"))
			.toArray(String[]::new));
		Awaitility.await().until(() -> health().getStatus().equals(Status.UP));
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.proxy.close();
		DriverManager.setLoginTimeout(this.loginTimeout); // the pool sets it for
															// everybody
	}

	@Test
	void databaseThatIsAwayIsDownUntilItIsBack() {
		Nightly.only("one that hangs is down until it answers here");
		this.proxy.refuse();
		staysDown();

		this.proxy.serve();
		comesUp();
	}

	@Test
	void databaseThatHangsIsDownUntilItAnswersAgain() {
		Nightly.only("a database that hangs on a lock");
		this.proxy.hang();
		staysDown();

		this.proxy.serve();
		comesUp();
	}

	@Test
	void databaseThatHangsOnALockIsDownUntilThatIsFree() throws Exception {
		try (Connection other = DriverManager.getConnection(this.directUrl, "postgres", "")) {
			other.setAutoCommit(false);
			other.createStatement().execute("lock table buddy_workflow_run in access exclusive mode");
			staysDown();
			other.rollback();
		}
		comesUp();
	}

	private void staysDown() {
		Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> health().getStatus().equals(Status.DOWN));
		for (int i = 0; i < 10; i++) {
			Health health = health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsOnlyKeys("live_runs", "error");
			assertThat(health.getDetails().get("error").toString()).startsWith("The store ")
				.doesNotContain(PASSWORD)
				.doesNotContain("jdbc:");
			assertThat(looks()).isLessThanOrEqualTo(1);
		}
	}

	private void comesUp() {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> health().getStatus().equals(Status.UP));
		Awaitility.await().until(() -> looks() == 0 && this.application.connectionsInUse() == 0);
	}

	private Health health() {
		return this.application.bean(BuddyHealthIndicator.class).health();
	}

	private static long looks() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("buddy-health-"))
			.count();
	}

}
