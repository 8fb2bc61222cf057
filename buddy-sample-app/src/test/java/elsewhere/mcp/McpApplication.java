package elsewhere.mcp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.WorkflowSessions;
import buddy.workflow.Workflow;

/**
 * A small application with an MCP server behind a real port, which keeps sessions in
 * memory. It is not in the package of the sample, which would find its beans.
 */
final class McpApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private McpApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static McpApplication start(McpTransport transport, Class<?>[] sources, String... properties) {
		return new McpApplication(new SpringApplicationBuilder(Application.class).sources(sources)
			.run(Stream.concat(Stream.of(transport.properties()), Stream.concat(
					Stream.of("--spring.main.banner-mode=off", "--server.port=0", "--buddy.scan.enabled=false",
							"--buddy.runs.shutdown-grace=0s", "--server.shutdown=immediate",
							"--springdoc.api-docs.enabled=false", "--management.health.db.enabled=false",
							"--spring.autoconfigure.exclude="
									+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"),
					Stream.of(properties)))
				.toArray(String[]::new)));
	}

	int port() {
		return Integer.parseInt(this.context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	Gate gate() {
		return this.context.getBean(Gate.class);
	}

	WorkflowSessions sessions() {
		return this.context.getBean(WorkflowSessions.class).ofEverybody();
	}

	/** The one run of a session. */
	RunSummary runOf(String sessionId) {
		return sessions().listRuns(RunQuery.all().ofSession(sessionId), RunPage.first(2)).items().get(0);
	}

	@Override
	public void close() {
		gate().open();
		this.context.close();
	}

	/** Where a workflow waits until the test lets it go on. */
	static final class Gate {

		private final Semaphore arrived = new Semaphore(0);

		private volatile CountDownLatch latch = new CountDownLatch(1);

		void shut() {
			this.latch = new CountDownLatch(1);
		}

		void open() {
			this.latch.countDown();
		}

		/** Returns once a workflow waits. */
		void awaitArrival() throws InterruptedException {
			if (!this.arrived.tryAcquire(30, TimeUnit.SECONDS)) {
				throw new AssertionError("No workflow came to the gate");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		EchoWorkflow echo() {
			return new EchoWorkflow();
		}

		@Bean
		GatedWorkflow gated(Gate gate) {
			return new GatedWorkflow(gate);
		}

	}

	static class EchoWorkflow extends Workflow {

		public String run(String text) {
			return text;
		}

	}

	static class GatedWorkflow extends Workflow {

		private final Gate gate;

		GatedWorkflow(Gate gate) {
			this.gate = gate;
		}

		public String run(String text) throws InterruptedException {
			this.gate.arrived.release();
			boolean open = false;
			while (!open && !cancelled()) {
				open = this.gate.latch.await(10, TimeUnit.MILLISECONDS);
			}
			return cancelled() ? "stopped" : "through";
		}

	}

}
