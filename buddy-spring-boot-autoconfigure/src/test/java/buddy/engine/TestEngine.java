package buddy.engine;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListOpenWorkflowExecutionsRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import testkit.Ports;

import buddy.testkit.TestApplication;

/**
 * The engines that queued runs are tested on.
 */
enum TestEngine {

	DB_SCHEDULER {

		@Override
		TestApplication start(String[] properties, Class<?> workflows) {
			return TestApplication.start(properties, workflows);
		}

		@Override
		long tickets(JdbcTemplate jdbc) {
			return count(jdbc, "buddy_task");
		}

		@Override
		long executedTickets(JdbcTemplate jdbc) {
			return count(jdbc, "buddy_task where picked = true");
		}

		@Override
		int dropTickets(JdbcTemplate jdbc) {
			return jdbc.update("delete from buddy_task where picked = false");
		}

		private long count(JdbcTemplate jdbc, String from) {
			return jdbc.queryForObject("select count(*) from " + from, Long.class);
		}

	},

	/** Temporal's own server for tests, in this process, by the clock. */
	TEMPORAL {

		@Override
		TestApplication start(String[] properties, Class<?> workflows) {
			return TestApplication.start(Stream
				.concat(Stream.of(properties),
						Stream.of("buddy.engine.type=temporal",
								"buddy.engine.temporal.task-queue=" + TemporalServer.queue(properties)))
				.toArray(String[]::new), workflows, TemporalServer.class);
		}

		@Override
		long tickets(JdbcTemplate jdbc) {
			return open().size();
		}

		@Override
		long executedTickets(JdbcTemplate jdbc) {
			return open().stream().filter(this::isExecuted).count();
		}

		@Override
		int dropTickets(JdbcTemplate jdbc) {
			List<WorkflowExecution> open = open();
			open.forEach((one) -> {
				try {
					TemporalServer.client().newUntypedWorkflowStub(one.getWorkflowId()).terminate("dropped");
				}
				catch (WorkflowNotFoundException ex) {
					// it has ended meanwhile
				}
			});
			return open.size();
		}

		private List<WorkflowExecution> open() {
			WorkflowClient client = TemporalServer.client();
			return client.getWorkflowServiceStubs()
				.blockingStub()
				.listOpenWorkflowExecutions(ListOpenWorkflowExecutionsRequest.newBuilder()
					.setNamespace(client.getOptions().getNamespace())
					.build())
				.getExecutionsList()
				.stream()
				.map(WorkflowExecutionInfo::getExecution)
				.filter((one) -> one.getWorkflowId().startsWith(TemporalServer.queue + "/"))
				.toList();
		}

		private boolean isExecuted(WorkflowExecution one) {
			WorkflowClient client = TemporalServer.client();
			return client.getWorkflowServiceStubs()
				.blockingStub()
				.describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
					.setNamespace(client.getOptions().getNamespace())
					.setExecution(one)
					.build())
				.getPendingActivitiesCount() > 0;
		}

	};

	/** Starts another application, and goes on with the tickets of the one before. */
	static TestApplication beside(String[] properties, Supplier<TestApplication> other) {
		try {
			return other.get();
		}
		finally {
			TemporalServer.queue(properties);
		}
	}

	abstract TestApplication start(String[] properties, Class<?> workflows);

	/** The tickets that there are. */
	abstract long tickets(JdbcTemplate jdbc);

	/** The tickets that a node has taken, or that are given to the next that is free. */
	abstract long executedTickets(JdbcTemplate jdbc);

	/** Loses the tickets, and returns how many. */
	abstract int dropTickets(JdbcTemplate jdbc);

	/** Each application has a connection of its own, as each node has. */
	@Configuration(proxyBeanMethods = false)
	static class TemporalServer {

		private static WorkflowServiceStubsOptions target;

		private static WorkflowClient client;

		private static String queue = "";

		@Bean(destroyMethod = "shutdownNow")
		WorkflowServiceStubs temporal() {
			client();
			return WorkflowServiceStubs.newServiceStubs(target);
		}

		@Bean
		WorkflowClient workflowClient(WorkflowServiceStubs temporal) {
			return WorkflowClient.newInstance(temporal);
		}

		static synchronized WorkflowClient client() {
			if (client == null) {
				int port = Ports.free();
				TestServer.PortBoundTestServer server = TestServer.createPortBoundServer(port, true);
				Runtime.getRuntime().addShutdownHook(new Thread(server::close));
				target = WorkflowServiceStubsOptions.newBuilder().setTarget("localhost:" + port).build();
				client = WorkflowClient.newInstance(WorkflowServiceStubs.newServiceStubs(target));
			}
			return client;
		}

		/** The nodes of one application share a queue, and others have another. */
		static synchronized String queue(String[] properties) {
			queue = "buddy-" + Integer.toHexString(List.of(properties).hashCode());
			return queue;
		}

	}

}
