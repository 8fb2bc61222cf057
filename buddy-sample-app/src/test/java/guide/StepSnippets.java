package guide;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

import org.springframework.core.ParameterizedTypeReference;

import buddy.agent.Agent;
import buddy.durable.Step;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.run.RunContext;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.RunVerification;
import buddy.workflow.StartedRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;

/**
 * The code of the page on steps, which {@link StepsPageTests} runs.
 */
class StepSnippets {

	record Receipt(String number, int cents) {
	}

	public static class DeclinedException extends Exception {

		public DeclinedException(String message) {
			super(message);
		}

	}

	/** Stands for another system. */
	static class Bank {

		final List<String> keys = new ArrayList<>();

		private final Map<String, Receipt> paid = new HashMap<>();

		Receipt pay(String order, int cents, String key) throws DeclinedException {
			if (cents > 1000) {
				throw new DeclinedException("too much");
			}
			this.keys.add(key);
			Receipt receipt = new Receipt("r-" + order, cents);
			this.paid.put(order, receipt);
			return receipt;
		}

		Optional<Receipt> find(String order) {
			return Optional.ofNullable(this.paid.get(order));
		}

		List<Receipt> receipts(String order) {
			return List.of(new Receipt("r-" + order, 500));
		}

		double rate(String currency) throws IOException {
			if (currency.isEmpty()) {
				throw new IOException("no answer");
			}
			return 1.08;
		}

	}

	/** Stands for another system. */
	static class Mails {

		final List<String> sent = new ArrayList<>();

		void send(String to, String text) {
			this.sent.add(to + ": " + text);
		}

		Optional<String> find(String to) {
			return this.sent.stream().filter((mail) -> mail.startsWith(to)).findFirst();
		}

	}

	static class RefundWorkflow extends Workflow {

		private final Agent writer;

		private final Bank bank;

		private final Mails mails;

		RefundWorkflow(Agent writer, Bank bank, Mails mails) {
			this.writer = writer;
			this.bank = bank;
			this.mails = mails;
		}

		public String run(String order, int cents) throws DeclinedException {
			String letter = this.writer.run("Tell the customer of order " + order).contentAsString();
			Receipt receipt = step("pay", Receipt.class, () -> this.bank.pay(order, cents, stepKey()));
			step("mail", () -> this.mails.send(order, letter));
			return receipt.number();
		}

	}

	static class ResultExample extends Workflow {

		private final Bank bank;

		ResultExample(Bank bank) {
			this.bank = bank;
		}

		public int run(String order) throws Exception {
			Double rate = step("rate", () -> this.bank.rate("EUR"));
			Receipt receipt = step("pay", Receipt.class, () -> this.bank.pay(order, 500, stepKey()));
			List<Receipt> receipts = step("receipts", new ParameterizedTypeReference<List<Receipt>>() {
			}, () -> this.bank.receipts(order));
			return (int) (receipt.cents() * rate) + receipts.size();
		}

	}

	static class BranchExample extends Workflow {

		private final Bank bank;

		BranchExample(Bank bank) {
			this.bank = bank;
		}

		public List<String> run(List<String> cities) {
			return parallel("book", cities, (city) -> {
				String hotel = step("hotel", () -> "hotel in " + city);
				return step("car", () -> hotel + " with a car");
			});
		}

	}

	static class StateExample extends Workflow {

		public void run(String order) {
			sessionState().increment("refunds", 1);
			step("note", () -> {
				sessionState().append("orders", order);
			});
		}

	}

	static class RetryExample extends Workflow {

		private final Bank bank;

		RetryExample(Bank bank) {
			this.bank = bank;
		}

		public Double run(String currency) throws IOException {
			StepOptions patient = StepOptions.defaults()
				.attempts(3)
				.backoff(Duration.ofSeconds(1), Duration.ofSeconds(10))
				.retryOn(IOException.class)
				.timeout(Duration.ofSeconds(20));
			return step("rate", patient, () -> this.bank.rate(currency));
		}

	}

	static class FailureExample extends Workflow {

		private final Bank bank;

		private final Mails mails;

		FailureExample(Bank bank, Mails mails) {
			this.bank = bank;
			this.mails = mails;
		}

		public String run(String order, int cents) {
			StepOptions declines = StepOptions.defaults().rethrows(DeclinedException.class);
			try {
				step("pay", Receipt.class, declines, () -> this.bank.pay(order, cents, stepKey()));
				return "paid";
			}
			catch (DeclinedException ex) {
				step("mail", () -> this.mails.send(order, ex.getMessage()));
				return "declined";
			}
		}

	}

	static class ModeExample extends Workflow {

		private final Mails mails;

		private final Bookings bookings;

		ModeExample(Mails mails, Bookings bookings) {
			this.mails = mails;
			this.bookings = bookings;
		}

		public Long run(String order) {
			step("mail", StepOptions.of(StepMode.AT_MOST_ONCE).reconcile(() -> isSent(order)),
					() -> this.mails.send(order, "Your refund"));
			return step("book", Long.class, StepOptions.of(StepMode.TRANSACTIONAL), () -> this.bookings.save(order));
		}

		private StepOutcome isSent(String order) {
			return this.mails.find(order).isPresent() ? StepOutcome.happened(null) : StepOutcome.notHappened();
		}

	}

	interface Bookings {

		Long save(String order);

	}

	static class Billing {

		private final Bank bank;

		Billing(Bank bank) {
			this.bank = bank;
		}

		@Step(mode = StepMode.AT_MOST_ONCE, rethrows = DeclinedException.class, reconcile = "find",
				compareArguments = true)
		public Receipt charge(String order, int cents) throws DeclinedException {
			RunContext run = RunContext.current();
			return this.bank.pay(order, cents, (run != null) ? run.stepKey() : order);
		}

		StepOutcome find(String order, int cents) {
			return this.bank.find(order).map(StepOutcome::happened).orElseGet(StepOutcome::notHappened);
		}

	}

	static class TimeExample extends Workflow {

		private final Clock clock;

		private final Consumer<Object> seen;

		TimeExample(Clock clock, Consumer<Object> seen) {
			this.clock = clock;
			this.seen = seen;
		}

		public Instant run() {
			UUID voucher = uuid();
			boolean checked = random().nextInt(100) < 5;
			Instant due = now().plus(Duration.ofDays(14));
			this.seen.accept(voucher + " " + checked + " " + due);
			Instant exact = step("exact", Instant.class, this.clock::instant);
			return exact;
		}

	}

	static class LoopExample extends Workflow {

		private final Bank bank;

		private final Orders orders;

		LoopExample(Bank bank, Orders orders) {
			this.bank = bank;
			this.orders = orders;
		}

		public void run() throws DeclinedException {
			List<String> orders = step("orders", () -> this.orders.open());
			for (String order : orders) {
				step("pay", Receipt.class, StepOptions.defaults().input(order, 500),
						() -> this.bank.pay(order, 500, stepKey()));
			}
		}

	}

	/** The orders that are open. */
	interface Orders {

		List<String> open();

	}

	static class ChangeExample extends Workflow {

		ChangeExample() {
			super(WorkflowSettings.builder().version("2").recovery(Recovery.AUTO).build());
		}

		public String run(String order) {
			if (changed("add-fraud-check")) {
				step("fraud-check", () -> check(order));
			}
			return step(changed("rename-note") ? "letter" : "note", () -> write(order));
		}

		private void check(String order) {
			sessionState().append("checked", order);
		}

		private String write(String order) {
			return "wrote of " + order;
		}

	}

	static class RunsExample {

		RunVerification continued(WorkflowRuns runs, String runId) {
			runs.resume(runId);
			runs.retry(runId);
			StartedRun fork = runs.fork(runId, "mail");
			fork.response().thenAccept((response) -> System.out.println(response.contentAsString()));
			return runs.verify(runId);
		}

	}

}
