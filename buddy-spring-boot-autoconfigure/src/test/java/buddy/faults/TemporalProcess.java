package buddy.faults;

import java.io.IOException;

import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import testkit.Ports;

/**
 * Temporal's server for tests, which keeps all in memory, and which other processes
 * reach.
 */
final class TemporalProcess implements AutoCloseable {

	private final int port;

	private TestServer.PortBoundTestServer running;

	TemporalProcess() throws IOException {
		this.port = Ports.free();
		this.running = TestServer.createPortBoundServer(this.port, true);
	}

	/** The properties of applications that use it. */
	String[] properties() {
		return new String[] { "buddy.engine.type=temporal", "temporal.target=localhost:" + this.port,
				"buddy.engine.temporal.task-queue=faults" };
	}

	/** Begins with nothing. */
	void restart() throws IOException {
		this.running.close();
		this.running = TestServer.createPortBoundServer(this.port, true);
	}

	@Override
	public void close() {
		this.running.close();
	}

	/** The application's client, if it uses the server. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("temporal.target")
	static class Client {

		@Bean(destroyMethod = "shutdownNow")
		WorkflowServiceStubs temporal(@Value("${temporal.target}") String target) {
			return WorkflowServiceStubs
				.newServiceStubs(WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
		}

		@Bean
		WorkflowClient workflowClient(WorkflowServiceStubs temporal) {
			return WorkflowClient.newInstance(temporal);
		}

	}

}
