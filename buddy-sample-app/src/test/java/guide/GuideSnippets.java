package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.validation.annotation.Validated;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.autoconfigure.WorkflowScan;
import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.session.RunPage;
import buddy.session.SessionConcurrency;
import buddy.session.SessionQuery;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.test.Replays;
import buddy.test.TestWorkflows;
import buddy.workflow.NotRecorded;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.Workflows;

import sample.workflows.ResearchWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * The code of the guide.
 */
class GuideSnippets {

	record Order(String customer, int pieces) {
	}

	record Quote(String customer, int cents) {
	}

	static class QuoteWorkflow extends Workflow {

		QuoteWorkflow() {
			super(WorkflowSettings.builder()
				.workflowId("quotes")
				.description("Quote a price.")
				.sessionState(Map.of("currency", "EUR"))
				.build());
		}

		public Quote run(Order order) {
			sessionState().increment("orders", 1);
			return new Quote(order.customer(), order.pieces() * 250);
		}

	}

	@WorkflowScan(basePackages = "com.example.workflows")
	@SpringBootApplication
	static class Application {

	}

	static class ScopeExample {

		private final ResearchWorkflow research;

		ScopeExample(ResearchWorkflow research) {
			this.research = research;
		}

		RunResponse scope() {
			return WorkflowScope.session("user-42")
				.user("alice")
				.sessionName("Fusion")
				.sessionState(Map.of("tone", "concise"))
				.call(() -> this.research.run(null, "fusion"));
		}

	}

	static class PolicyExample {

		private final ResearchWorkflow research;

		PolicyExample(ResearchWorkflow research) {
			this.research = research;
		}

		RunResponse call() {
			return WorkflowScope.session("user-42")
				.concurrency(SessionConcurrency.WAIT)
				.waitTimeout(Duration.ofSeconds(5))
				.call(() -> this.research.run(null, "fusion"));
		}

	}

	static class CancelExample {

		void stop(WorkflowRuns runs, String runId) {
			runs.cancel(runId, "the user left");
			runs.asUser("alice").cancel(runId);
			runs.ofEverybody().unfinished(RunPage.first(50));
		}

	}

	static class ParallelExample extends Workflow {

		private final Agent researcher;

		ParallelExample(Agent researcher) {
			this.researcher = researcher;
		}

		public List<String> run(List<String> topics) {
			return parallel("research", topics,
					(topic) -> this.researcher.run("Facts about " + topic).contentAsString());
		}

	}

	static class ResolverExample {

		@Bean
		SessionIdResolver sessionPerTenant() {
			return (workflow) -> "tenant-7:" + workflow.workflowId();
		}

		@Bean
		RunEventListener auditing() {
			return (run, event) -> System.out.println(run.runId() + " " + event.event());
		}

	}

	record Basket(String currency, List<String> items) {
	}

	static class StateExample extends Workflow {

		public void run() {
			sessionState().put("tone", "concise");
			String tone = sessionState().get("tone", String.class);
			sessionState().increment("count", 1);
			sessionState().append("topics", tone);
			sessionState().remove("draft");
			Basket basket = sessionState().as(Basket.class);
			sessionState().replaceWith(new Basket(basket.currency(), List.of()));
		}

	}

	record Cart(@Positive int pieces, @NotEmpty List<String> items) {
	}

	@Validated
	static class OrderWorkflow extends Workflow {

		public String run(@NotBlank String customer, @Valid Cart cart) {
			return customer + " buys " + cart.pieces();
		}

	}

	static class MemoryExample extends Workflow {

		public int run() {
			List<Message> messages = memory().messages(5);
			return memory().lastRuns(3).size() + messages.size();
		}

	}

	static class StreamExample extends Workflow {

		private final Agent agent;

		StreamExample(Agents agents) {
			this.agent = agents.named("answerer").build();
		}

		public Stream<RunResponseEvent> run(String query) {
			emit(RunResponseEvent.custom("progress", 1));
			return this.agent.streamBlocking(query);
		}

	}

	static class AsyncExample extends Workflow {

		private final Executor executor;

		AsyncExample(Executor executor) {
			this.executor = executor;
		}

		public CompletableFuture<String> arun(String topic) {
			return CompletableFuture.supplyAsync(() -> topic + " of session " + sessionId(),
					RunContext.wrap(this.executor));
		}

	}

	static class SecretExample extends Workflow {

		public String run(String account, @NotRecorded String password) {
			return "signed in " + account;
		}

	}

	static class Clocks {

		@Tool(description = "Tells the time")
		String time() {
			return Clock.systemUTC().instant().toString();
		}

	}

	record City(String name, String country, int population) {
	}

	static class AgentExample {

		City agents(Agents agents) {
			Agent geographer = agents.named("geographer")
				.instructions("You know every city.")
				.tools(new Clocks())
				.answerType(City.class)
				.history(5)
				.build();
			RunResponse response = geographer.run("The largest city of Japan?");
			return response.contentAs(City.class);
		}

		Agent own(Agents agents, Map<String, City> cities) {
			Agent looked = agents.journaled((prompt) -> RunResponse.of(cities.get(prompt)), "cities", City.class);
			return looked;
		}

	}

	static class SessionsExample {

		void sessions(WorkflowSessions sessions) {
			sessions.recent(10);
			sessions.list(SessionQuery.ofWorkflow("research"), RunPage.first(50));
			sessions.rename("user-42", "Fusion, at last");
			WorkflowSession exported = sessions.exportSession("user-42");
			sessions.importSession(exported.withSessionId("user-43"));
			sessions.asUser("alice").delete("user-42");
			sessions.asUser("alice").deleteUser("alice");
		}

	}

	static class RegistryExample {

		@Nullable Object run(WorkflowRegistry registry) throws Exception {
			Object answer = registry.run("research", Map.of("topic", "fusion"));
			return answer;
		}

		void start(WorkflowRegistry registry, Executor executor) {
			StartedRun started = registry.start("research", Map.of("topic", "fusion"), StartOptions.on(executor));
			started.begun().thenAccept((runId) -> System.out.println("run " + runId + " has begun"));
			started.response().thenAccept((response) -> System.out.println(response.contentAsString()));
		}

	}

	static class ImportExample {

		void importAll(WorkflowSessions sessions, Path folder) throws IOException {
			try (Stream<Path> files = Files.list(folder)) {
				for (Path file : files.toList()) {
					WorkflowSession session = WorkflowSession.fromJson(Files.readString(file));
					sessions.asUser(session.userId()).importSession(session);
				}
			}
		}

	}

	@Test
	void quoteCountsItsOrders() {
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		QuoteWorkflow quotes = Workflows.proxy(new QuoteWorkflow(), store);

		Quote quote = WorkflowScope.session("s1").call(() -> quotes.run(new Order("Ada", 4)));

		assertThat(quote.cents()).isEqualTo(1000);
		assertThat(store.find("s1").orElseThrow().state()).isEqualTo("{\"currency\":\"EUR\",\"orders\":1}");
	}

	interface Payments {

		String charge(String order, String key);

	}

	static class BillingWorkflow extends Workflow {

		private final Payments payments;

		BillingWorkflow(Payments payments) {
			this.payments = payments;
		}

		public String run(String order) {
			String receipt = step("charge", () -> this.payments.charge(order, stepKey()));
			return step("notify", () -> "Paid: " + receipt);
		}

	}

	@Test
	void customerIsChargedOnce() {
		Payments payments = (order, key) -> "receipt of " + order;
		TestWorkflows workflows = new TestWorkflows();
		BillingWorkflow billing = workflows.proxy(new BillingWorkflow(payments));

		String runId = workflows.crashes().crashAfter("charge").in(() -> billing.run("A-1"));
		workflows.crashes().resume(runId);

		assertThat(workflows.runs().find(runId)).completed()
			.hasContent("Paid: receipt of A-1")
			.hasReplayed("charge")
			.hasExecuted("notify")
			.hasCalledOnce("charge");
	}

	@Test
	void newCodeGoesOnWithOldRuns() {
		Payments payments = (order, key) -> "receipt of " + order;

		Replays.of(new BillingWorkflow(payments)).fromClassPath("runs/billing.json").verify();
	}

}
