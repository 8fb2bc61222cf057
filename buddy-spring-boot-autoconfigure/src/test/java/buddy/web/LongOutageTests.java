package buddy.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import testkit.Ports;

import buddy.session.SessionConcurrency;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestRun;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.web.NodeProcess.inSession;
import static buddy.web.NodeProcess.newSession;

/**
 * A database server that is stopped for longer than a lease while two nodes have runs:
 * none of them is taken for dead. One is a process of its own.
 */
class LongOutageTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	private static final String[] SETTINGS = { "buddy.node.lease=" + LEASE.toMillis() + "ms",
			"buddy.node.heartbeat-interval=300ms", "buddy.session.concurrency=wait", "buddy.session.wait-timeout=5m",
			"spring.datasource.hikari.maximum-pool-size=5", "spring.datasource.hikari.connection-timeout=500",
			"spring.datasource.hikari.validation-timeout=250",
			"spring.datasource.hikari.initialization-fail-timeout=30000" };

	@TempDir
	private Path folder;

	private int port;

	private EmbeddedPostgres server;

	private WebApplication here;

	private NodeProcess there;

	@BeforeEach
	void start() throws IOException {
		Nightly.only("HeartbeatTests exhausts the pool for longer than a lease");
		this.port = Ports.free();
		startServer();
		String[] database = { "spring.datasource.url=" + this.server.getJdbcUrl("postgres", "postgres"),
				"spring.datasource.username=postgres", "spring.datasource.password=" };
		this.here = WebApplication.start(database, SETTINGS, NodeProcess.Workflows.class);
		this.there = NodeProcess.start(database, SETTINGS);
	}

	@AfterEach
	void stop() throws IOException {
		for (AutoCloseable each : new AutoCloseable[] { this.there, this.here, this.server }) {
			if (each != null) {
				closeQuietly(each);
			}
		}
	}

	@Test
	void nodesThatLiveKeepTheirRunsAndSessions() throws IOException {
		List<Integer> ports = List.of(this.here.port(), this.there.port());
		List<String> sessions = List.of(newSession(), newSession());
		Path file = this.folder.resolve("go-on");
		for (int i = 0; i < 2; i++) {
			assertThat(start(ports.get(i), sessions.get(i), file).status()).isEqualTo(202);
		}

		this.server.close();
		long stopped = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> System.nanoTime() - stopped > LEASE.plusSeconds(1).toNanos());
		startServer();

		// each wants the session that the other one holds
		for (int i = 0; i < 2; i++) {
			int contender = ports.get(1 - i);
			String session = sessions.get(i);
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> start(contender, session, file).status() == 202);
		}
		awaitThatTheDeadAreEnded();
		for (String session : sessions) {
			assertThat(statuses(session)).containsExactly("RUNNING", "PENDING");
		}
		Files.createFile(file);
		for (String session : sessions) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(statuses(session)).containsExactly("COMPLETED", "COMPLETED"));
			assertThat(jdbc().queryForObject(
					"select session_state ->> 'count' from buddy_workflow_session where session_id = ?", String.class,
					session))
				.isEqualTo("2");
		}
	}

	/** Whoever lives has had the chance to say so when a run of a dead node is ended. */
	private void awaitThatTheDeadAreEnded() {
		this.here.bean(WorkflowSessionRepository.class)
			.begin(TestRun.of(UUID.randomUUID().toString())
				.session("of-the-dead")
				.workflow("held")
				.at(1000)
				.newRun()
				.with(SessionConcurrency.MERGE, "dead"));
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> statuses("of-the-dead").contains("ERROR"));
	}

	private static Response start(int port, String session, Path file) {
		return Http.to(port)
			.with("Prefer", "respond-async")
			.post("/buddy/workflows/held/runs", inSession(session, "{\"file\":\"" + file + "\"}"));
	}

	private List<String> statuses(String session) {
		return jdbc().queryForList("select status from buddy_workflow_run where session_id = ? order by created_at",
				String.class, session);
	}

	private JdbcTemplate jdbc() {
		return new JdbcTemplate(this.here.bean(DataSource.class));
	}

	private void startServer() throws IOException {
		this.server = EmbeddedPostgres.builder()
			.setPort(this.port)
			.setDataDirectory(this.folder.resolve("data"))
			.setCleanDataDirectory(false)
			.setServerConfig("fsync", "off")
			.start();
	}

	private static void closeQuietly(AutoCloseable each) {
		try {
			each.close();
		}
		catch (Exception ex) {
			// the test has failed already, if it matters
		}
	}

}
