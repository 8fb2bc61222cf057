package buddy.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.springframework.scheduling.annotation.Async;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * The workflows of the tests of the auto-configuration.
 */
final class BuddyWorkflows {

	private BuddyWorkflows() {
	}

	static class Greeter extends Workflow {

		RunResponse run(@SessionId String sessionId, String name) {
			return RunResponse.of("Hello " + name + " " + sessionState().increment("count", 1));
		}

	}

	static class OtherGreeter extends Workflow {

		OtherGreeter() {
			super(WorkflowSettings.builder().workflowId("greeter").build());
		}

		void run() {
		}

	}

	interface Contract {

		Object run(String sessionId, Supplier<Object> body);

	}

	static class Answering extends Workflow implements Contract {

		@Override
		public Object run(@SessionId String sessionId, Supplier<Object> body) {
			return body.get();
		}

	}

	static class NoRun extends Workflow {

	}

	static class Asynchronous extends Workflow {

		@Async
		CompletableFuture<String> arun(@SessionId String sessionId) {
			return CompletableFuture.completedFuture(sessionId);
		}

	}

}
