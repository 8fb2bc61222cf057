package buddy.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.durable.InterruptedStepAnswer;
import buddy.durable.Step;
import buddy.durable.StepMode;
import buddy.durable.StepOutcome;
import buddy.durable.StepStatus;
import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.test.RunCrashes;
import buddy.workflow.InvalidAnswerException;
import buddy.workflow.Question;
import buddy.workflow.RunStep;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class StepAnnotationTests {

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
				BuddyTestRunsAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false")
		.withUserConfiguration(Application.class);

	@Test
	void callOfAMethodIsAStepOfTheRun() {
		this.contexts.run((context) -> {
			assertThat(context.getBean(Pay.class).run(5)).isEqualTo(new Receipt("r5", 500));

			String runId = context.getBean(MapWorkflowSessionRepository.class)
				.listRuns(RunQuery.all(), RunPage.first(1))
				.get(0)
				.runId();
			List<RunStep> steps = context.getBean(WorkflowRuns.class).steps(runId, null, 10);
			assertThat(steps).extracting(RunStep::key).containsExactly("Billing.charge", "look", "Billing.note");
			assertThat(steps).extracting(RunStep::status).containsOnly(StepStatus.DONE);
			assertThat(steps.get(0).result()).contains("\"r5\"");
			assertThat(steps.get(1).attempts()).isEqualTo(2);
			assertThat(context.getBean(Billing.class).calls()).containsExactly("charge", "look", "look", "note");
		});
	}

	@Test
	void methodIsCalledAsAnyOtherOutsideOfARun() {
		this.contexts.run((context) -> {
			assertThat(context.getBean(Billing.class).charge(1)).isEqualTo(new Receipt("r1", 100));
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> context.getBean(Billing.class).look());
		});
	}

	@Test
	void otherSystemIsAskedByAMethodOfTheBean() {
		this.contexts.run((context) -> {
			RunCrashes crashes = context.getBean(RunCrashes.class);
			String runId = crashes.crashInside("Bank.pay").in(() -> context.getBean(Order.class).run(5));

			assertThat(crashes.resume(runId).content()).isEqualTo("found 5 by " + runId + ":Bank.pay");
			assertThat(context.getBean(Bank.class).paid()).containsExactly("5 by " + runId + ":Bank.pay");
		});
	}

	@Test
	void personIsAskedWhereTheAnnotationSaysSo() {
		this.contexts.run((context) -> {
			RunCrashes crashes = context.getBean(RunCrashes.class);
			String runId = crashes.crashInside("Bank.book").in(() -> context.getBean(Order.class).run(-5));
			assertThat(crashes.resume(runId).isPaused()).isTrue();
			WorkflowRuns runs = context.getBean(WorkflowRuns.class);
			assertThat(runs.question(runId, "Bank.book")).map(Question::role).contains("CLERK");
			assertThatExceptionOfType(InvalidAnswerException.class)
				.isThrownBy(() -> runs.answer(runId, "Bank.book", Map.of("happened", true)))
				.withMessageContaining("returns a long");
			runs.answer(runId, "Bank.book", InterruptedStepAnswer.happened(7L));
			MapWorkflowSessionRepository store = context.getBean(MapWorkflowSessionRepository.class);
			await().until(() -> store.findRun(runId).orElseThrow().status() == RunStatus.COMPLETED);
			assertThat(store.findRun(runId).orElseThrow().toResponse().content()).isEqualTo("booked 7");
			assertThat(context.getBean(Bank.class).paid()).containsExactly("-5");
		});
	}

	@Test
	void argumentsAreComparedWhereTheAnnotationSaysSo() {
		this.contexts.run((context) -> {
			RunCrashes crashes = context.getBean(RunCrashes.class);
			String runId = crashes.crashAfter("Bank.pay").in(() -> context.getBean(Order.class).run(5));

			context.getBean(Order.class).add(1);
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> crashes.resume(runId))
				.withMessageContaining("step 'Bank.pay' works on another input");
		});
	}

	@Test
	void annotationThatCannotBeUsedIsReportedAtTheStart() {
		requireRefused(new WithoutReconcile(), "WithoutReconcile.pay", "StepOutcome isPaid(…)");
		requireRefused(new WithSlash(), "WithSlash.pay", "'a/b'");
		requireRefused(new WithoutAttempts(), "WithoutAttempts.pay", "'attempts' must be 1 or more");
		requireRefused(new WithAttempts(), "WithAttempts.pay", "cannot have 3 attempts");
		requireRefused(new WithoutMode(), "WithoutMode.pay", "add mode(StepMode.AT_MOST_ONCE)");
		requireRefused(new WithRole(), "WithRole.pay", "'askRole' has no effect");
		requireRefused(new WithFinal(), "WithFinal.pay", "neither private nor static nor final");
		requireRefused(new WithPrivate(), "WithPrivate.pay", "neither private nor static nor final");
		requireRefused(new WithLater(), "WithLater.pay", "a CompletableFuture, which comes later");
		requireRefused(new WithFuture(), "WithFuture.pay", "a Future, which comes later");
		requireRefused(new WithPublisher(), "WithPublisher.pay", "a Publisher, which comes later");
	}

	private void requireRefused(Object bean, String... messages) {
		this.contexts.withBean("wrong", Object.class, () -> bean).run((context) -> {
			assertThat(context).hasFailed();
			for (String message : messages) {
				assertThat(context.getStartupFailure()).hasStackTraceContaining(message);
			}
		});
	}

	@Test
	void annotationOfAnInterfaceCounts() {
		this.contexts.withBean(ByInterface.class).withBean(CallsInterface.class).run((context) -> {
			assertThat(context.getBean(CallsInterface.class).run()).isEqualTo("paid");
			String runId = context.getBean(MapWorkflowSessionRepository.class)
				.listRuns(RunQuery.all(), RunPage.first(1))
				.get(0)
				.runId();
			assertThat(context.getBean(WorkflowRuns.class).steps(runId, null, 10)).hasSize(1);
		});
	}

	@Test
	void annotationOfAProxiedInterfaceCounts() {
		// as Spring makes the clients of HTTP interfaces
		Pays http = ProxyFactory.getProxy(Pays.class, (MethodInterceptor) (invocation) -> "paid by HTTP");
		this.contexts.withBean(Pays.class, () -> http).withBean(CallsInterface.class).run((context) -> {
			assertThat(context.getBean(CallsInterface.class).run()).isEqualTo("paid by HTTP");
			String runId = context.getBean(MapWorkflowSessionRepository.class)
				.listRuns(RunQuery.all(), RunPage.first(1))
				.get(0)
				.runId();
			assertThat(context.getBean(WorkflowRuns.class).steps(runId, null, 10)).extracting(RunStep::key)
				.containsExactly("Pays.pay");
		});
	}

	@Test
	void beansWithoutStepsAreNotProxied() {
		this.contexts.run((context) -> {
			assertThat(AopUtils.isAopProxy(context.getBean(Billing.class))).isTrue();
			assertThat(AopUtils.isAopProxy(context.getBean(Plain.class))).isFalse();
		});
		this.contexts.withPropertyValues("buddy.durable.step-annotation=false")
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(Billing.class))).isFalse());
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	static class Application {

		@Bean
		Billing billing() {
			return new Billing();
		}

		@Bean
		Bank bank() {
			return new Bank();
		}

		@Bean
		Order order(Bank bank) {
			return new Order(bank);
		}

		@Bean
		Plain plain() {
			return new Plain();
		}

		@Bean
		Pay pay(Billing billing) {
			return new Pay(billing);
		}

	}

	static class Plain {

		void nothing() {
		}

	}

	static class Billing {

		private final List<String> calls = new ArrayList<>();

		List<String> calls() {
			return this.calls;
		}

		@Step
		Receipt charge(int amount) {
			this.calls.add("charge");
			return new Receipt("r" + amount, amount * 100L);
		}

		@Step(value = "look", attempts = 2, backoffMillis = 0)
		List<String> look() throws IOException {
			this.calls.add("look");
			if (this.calls.size() < 3) {
				throw new IOException("away");
			}
			return List.of("found");
		}

		@Step
		void note() {
			this.calls.add("note");
		}

	}

	static class WithoutReconcile {

		@Step(mode = StepMode.AT_MOST_ONCE, reconcile = "isPaid")
		String pay(String order) {
			return order;
		}

		StepOutcome isPaid() {
			return StepOutcome.unknown();
		}

	}

	static class WithSlash {

		@Step("a/b")
		String pay() {
			return "";
		}

	}

	static class WithoutAttempts {

		@Step(attempts = 0)
		String pay() {
			return "";
		}

	}

	static class WithAttempts {

		@Step(mode = StepMode.AT_MOST_ONCE, attempts = 3)
		String pay() {
			return "";
		}

	}

	static class WithoutMode {

		@Step(reconcile = "find")
		String pay() {
			return "";
		}

		StepOutcome find() {
			return StepOutcome.unknown();
		}

	}

	static class WithRole {

		@Step(mode = StepMode.AT_MOST_ONCE, askRole = "CLERK")
		String pay() {
			return "";
		}

	}

	static class WithFinal {

		@Step
		final String pay() {
			return "";
		}

	}

	static class WithPrivate {

		@Step
		private String pay() {
			return "";
		}

	}

	static class WithLater {

		@Step
		CompletableFuture<String> pay() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class WithFuture {

		@Step
		Future<String> pay() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class WithPublisher {

		@Step
		Flow.Publisher<String> pay() {
			return (subscriber) -> {
			};
		}

	}

	interface Pays {

		@Step
		String pay();

	}

	static class ByInterface implements Pays {

		@Override
		public String pay() {
			return "paid";
		}

	}

	static class CallsInterface extends Workflow {

		private final Pays pays;

		CallsInterface(Pays pays) {
			this.pays = pays;
		}

		public String run() {
			return this.pays.pay();
		}

	}

	static class Bank {

		private final List<String> paid = new ArrayList<>();

		List<String> paid() {
			return this.paid;
		}

		@Step(mode = StepMode.AT_MOST_ONCE, reconcile = "find", compareArguments = true)
		String pay(int cents) {
			this.paid.add(cents + " by " + RunContext.current().stepKey());
			return "paid";
		}

		@Step(mode = StepMode.AT_MOST_ONCE, askIfInterrupted = true, askRole = "CLERK")
		long book(int cents) {
			this.paid.add(String.valueOf(cents));
			return cents;
		}

		private StepOutcome find(int cents) {
			return StepOutcome.happened("found " + cents + " by " + RunContext.current().stepKey());
		}

	}

	static class Order extends Workflow {

		private final Bank bank;

		private int more;

		Order(Bank bank) {
			this.bank = bank;
		}

		public String run(int cents) {
			return (cents < 0) ? "booked " + this.bank.book(cents) : this.bank.pay(cents + this.more);
		}

		void add(int cents) {
			this.more = cents;
		}

	}

	record Receipt(String number, long cents) {
	}

	static class Pay extends Workflow {

		private final Billing billing;

		Pay(Billing billing) {
			this.billing = billing;
		}

		public Receipt run(int amount) throws IOException {
			Receipt receipt = this.billing.charge(amount);
			assertThat(this.billing.look()).containsExactly("found");
			this.billing.note();
			return receipt;
		}

	}

}
