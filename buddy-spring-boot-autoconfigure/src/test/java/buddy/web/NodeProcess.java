package buddy.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

import buddy.run.RunResponseEvent;
import buddy.testkit.JavaProcess;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * A node that is a process of its own, and what runs on such nodes.
 */
final class NodeProcess implements AutoCloseable {

	private static final String SERVES_AT = "This node serves at port ";

	private final JavaProcess process;

	private NodeProcess(JavaProcess process) {
		this.process = process;
	}

	/** Starts a node, which is not up yet. */
	static NodeProcess start(String[] database, String... properties) {
		return new NodeProcess(JavaProcess.start(NodeProcess.class,
				Stream.of(database, properties).flatMap(Stream::of).toArray(String[]::new)));
	}

	public static void main(String[] properties) {
		WebApplication application = WebApplication.start(properties, new String[0], Workflows.class);
		System.out.println(SERVES_AT + application.port());
	}

	/** Its port, once it is up. */
	int port() {
		return Integer.parseInt(this.process.awaitLine(SERVES_AT));
	}

	Http http() {
		return Http.to(port());
	}

	JavaProcess process() {
		return this.process;
	}

	@Override
	public void close() {
		this.process.close();
	}

	static String newSession() {
		return "s-" + UUID.randomUUID();
	}

	/** The body of a request that starts a run. */
	static String inSession(String session, String input) {
		return "{\"session\":{\"session_id\":\"" + session + "\"},\"input\":" + input + "}";
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		TickingWorkflow ticking() {
			return new TickingWorkflow();
		}

		@Bean
		PushingWorkflow pushing() {
			return new PushingWorkflow();
		}

		@Bean
		StubbornWorkflow stubborn() {
			return new StubbornWorkflow();
		}

		@Bean
		HeldWorkflow held() {
			return new HeldWorkflow();
		}

	}

	/** Emits an event now and then, so many or until it is cancelled. */
	static class TickingWorkflow extends Workflow {

		private final CountDownLatch never = new CountDownLatch(1);

		String run(@SessionId String session, int ticks) throws InterruptedException {
			sessionState().increment("count", 1);
			for (int i = 1; i <= ticks && !cancelled(); i++) {
				emit(RunResponseEvent.custom("tick", i));
				this.never.await(10, TimeUnit.MILLISECONDS);
			}
			return "done";
		}

	}

	/** A stream without an end. */
	static class PushingWorkflow extends Workflow {

		Flux<String> run(@SessionId String session) {
			return Flux.interval(Duration.ofMillis(10)).map((i) -> i + " ");
		}

	}

	/** Does not stop, whatever it is told. */
	static class StubbornWorkflow extends Workflow {

		private final CountDownLatch never = new CountDownLatch(1);

		String run(@SessionId String session) {
			emit(RunResponseEvent.custom("begun", 1));
			while (true) {
				try {
					this.never.await();
				}
				catch (InterruptedException ex) {
					// not even then
				}
			}
		}

	}

	/** Ends when there is a file. */
	static class HeldWorkflow extends Workflow {

		private final CountDownLatch never = new CountDownLatch(1);

		String run(@SessionId String session, String file) throws InterruptedException {
			sessionState().increment("count", 1);
			while (!Files.exists(Path.of(file))) {
				sessionState(); // stops the run if it was asked to stop
				this.never.await(20, TimeUnit.MILLISECONDS);
			}
			return "done";
		}

	}

}
