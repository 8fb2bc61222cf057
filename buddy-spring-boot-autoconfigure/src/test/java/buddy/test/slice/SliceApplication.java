package buddy.test.slice;

import java.util.List;
import java.util.Map;

import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * An application whose tests are slices.
 */
@SpringBootApplication
class SliceApplication {

	static class CountWorkflow extends Workflow {

		public int run(@SessionId String sessionId, int by) {
			sessionState().increment("count", by);
			emit(RunResponseEvent.custom("counted", by));
			return sessionState().get("count", Integer.class);
		}

	}

	static class FailingWorkflow extends Workflow {

		public void run() {
			throw new IllegalStateException("no luck");
		}

	}

	static class SupportWorkflow extends Workflow {

		private final Agent router;

		private final Agent billing;

		SupportWorkflow(Agents agents) {
			this.router = agents.named("router").build();
			this.billing = agents.named("billing").tools(new Invoices()).build();
		}

		public RunResponse run(String question) {
			String subject = this.router.run(question).contentAsString();
			return subject.equals("billing") ? this.billing.run(question) : RunResponse.of(subject);
		}

	}

	static class StreamWorkflow extends Workflow {

		private final Agent agent;

		StreamWorkflow(Agents agents) {
			this.agent = agents.named("speaker").build();
		}

		public Flux<RunResponseEvent> run(String query) {
			return this.agent.stream(query);
		}

	}

	static class TypedWorkflow extends Workflow {

		private final Agent agent;

		TypedWorkflow(Agents agents) {
			this.agent = agents.named("geographer").answerType(City.class).build();
		}

		public List<String> run() {
			City city = this.agent.run("Which?").contentAs(City.class);
			return List.of(city.name());
		}

	}

	static class ShippingWorkflow extends Workflow {

		ShippingWorkflow() {
			super(WorkflowSettings.builder().workflowId("shipping").build());
		}

		public String run(@SessionId String sessionId, String number) {
			String packed = step("pack", () -> number + " is packed");
			sessionState().increment("parcels", 1);
			return packed + step("send", StepOptions.of(StepMode.TRANSACTIONAL), () -> " and sent");
		}

	}

	record City(String name) {
	}

	static class Invoices {

		@Tool(description = "Finds an invoice")
		Map<String, Object> invoice(int number) {
			return Map.of("number", number, "paid", true);
		}

	}

}
