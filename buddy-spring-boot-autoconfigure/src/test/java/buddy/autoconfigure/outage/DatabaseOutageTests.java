package buddy.autoconfigure.outage;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.awaitility.Awaitility;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A database server that goes away while runs need it, and comes back.
 */
class DatabaseOutageTests {

	private static final int CONNECTIONS = 3;

	@TempDir
	private Path directory;

	private Server server;

	private int port;

	private ConfigurableApplicationContext context;

	@BeforeEach
	void startServerAndApplication() throws SQLException {
		startServer();
		this.port = this.server.getPort();
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "spring.datasource.username=sa",
					"spring.datasource.url=jdbc:h2:tcp://127.0.0.1:" + this.port + "/./outage",
					"spring.datasource.hikari.connection-timeout=500",
					"spring.datasource.hikari.validation-timeout=250",
					"spring.datasource.hikari.initialization-fail-timeout=30000",
					"spring.datasource.hikari.maximum-pool-size=" + CONNECTIONS, "buddy.scan.enabled=false")
			.run();
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.server.stop();
	}

	@Test
	void callerLearnsThatTheEndOfItsRunWasNotStoredAndTheNextRunWorks() throws SQLException {
		FragileWorkflow workflow = this.context.getBean(FragileWorkflow.class);
		assertThat(workflow.run("s1", () -> {
		}).content()).isEqualTo("count 1");

		assertThatExceptionOfType(RunNotRecordedException.class).isThrownBy(() -> workflow.run("s1", this::stopServer))
			.withMessageContaining("workflow 'fragile'")
			.withMessageContaining("session 's1'");

		startServer();
		awaitConnection();
		assertThat(workflow.run("s1", () -> {
		}).content()).isEqualTo("count 2");
		// the end is written again once the database answers
		Awaitility.await()
			.atMost(30, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(runs("s1")).extracting(WorkflowRun::status)
				.containsExactly(RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.COMPLETED));
	}

	@Test
	void bodysOwnExceptionReachesTheCallerAndTellsOfTheStore() throws SQLException {
		FragileWorkflow workflow = this.context.getBean(FragileWorkflow.class);
		IllegalStateException failure = new IllegalStateException("the body failed");

		Throwable thrown = catchThrowable(() -> workflow.run("s2", () -> {
			stopServer();
			throw failure;
		}));

		assertThat(thrown).isSameAs(failure);
		assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(RunNotRecordedException.class);
		startServer();
	}

	@Test
	void runThatCannotBeginDoesNotCallTheBody() throws SQLException {
		FragileWorkflow workflow = this.context.getBean(FragileWorkflow.class);
		boolean[] called = new boolean[1];
		stopServer();

		Throwable thrown = catchThrowable(() -> workflow.run("s3", () -> called[0] = true));

		assertThat(thrown).isInstanceOf(RuntimeException.class);
		assertThat(called[0]).isFalse();
		startServer();
		awaitConnection();
		assertThat(this.context.getBean(WorkflowSessions.class).find("s3")).isEmpty();
	}

	private java.util.List<WorkflowRun> runs(String sessionId) {
		return this.context.getBean(WorkflowSessions.class).runs(sessionId, RunPage.first(10)).items();
	}

	/** H2 does not stand being stopped while it lets a client in. */
	private void stopServer() {
		HikariPoolMXBean pool = this.context.getBean(HikariDataSource.class).getHikariPoolMXBean();
		Awaitility.await().until(() -> pool.getIdleConnections() == CONNECTIONS);
		this.server.stop();
	}

	/** So that nobody has to get one within the half second that the pool has for it. */
	private void awaitConnection() {
		HikariPoolMXBean pool = this.context.getBean(HikariDataSource.class).getHikariPoolMXBean();
		Awaitility.await().until(() -> pool.getIdleConnections() > 0);
	}

	private void startServer() throws SQLException {
		if (this.context != null) {
			// the pool trusts a connection for half a second after its last use
			this.context.getBean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
		}
		String wanted = String.valueOf(this.port);
		this.server = Server.createTcpServer("-tcpPort", wanted, "-ifNotExists", "-baseDir", this.directory.toString())
			.start();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		FragileWorkflow fragileWorkflow() {
			return new FragileWorkflow();
		}

	}

	static class FragileWorkflow extends Workflow {

		RunResponse run(@SessionId String session, Runnable event) {
			long count = sessionState().increment("count", 1);
			event.run();
			return RunResponse.of("count " + count);
		}

	}

}
