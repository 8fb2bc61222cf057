package buddy.test.durable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Test;

import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.run.RunFencedException;
import buddy.run.RunPausedException;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.test.RecordedRun;
import buddy.test.RunCrashes;
import buddy.test.TestWorkflows;
import buddy.workflow.WorkflowScope;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * Crashes of runs without a container.
 */
class RunCrashTests {

	private final TestWorkflows workflows = new TestWorkflows();

	private final RunCrashes crashes = this.workflows.crashes();

	private final List<String> effects = new CopyOnWriteArrayList<>();

	private String effect(String name) {
		this.effects.add(name);
		return name + " done";
	}

	private Order order() {
		return this.workflows.proxy(new Order("order", (steps) -> steps.call("reserve", () -> effect("reserve")) + ", "
				+ steps.call("charge", () -> effect("charge")) + ", " + steps.call("ship", () -> effect("ship"))));
	}

	@Test
	void stepsAreRecordedInAPlainUnitTest() {
		Order order = Workflows.proxy(new Order("plain", (steps) -> steps.call("a", () -> effect("a"))));
		assertThat(order.run()).isEqualTo("a done");
	}

	@Test
	void runThatCrashedAfterAStepDoesNotRepeatIt() {
		Order order = order();
		String runId = this.crashes.crashAfter("charge").in(order::run);
		assertThat(this.workflows.runs().find(runId)).hasStatus(RunStatus.ERROR)
			.hasSteps("reserve", "charge")
			.hasExecuted("reserve", "charge")
			.hasReplayed();
		assertThat(this.workflows.runs().find(runId).run().failure().reason()).isEqualTo("interrupted");
		assertThat(this.effects).containsExactly("reserve", "charge");

		assertThat(this.crashes.resume(runId)).completed().hasContent("reserve done, charge done, ship done");

		assertThat(this.effects).containsExactly("reserve", "charge", "ship");
		assertThat(this.workflows.runs().last()).completed()
			.hasReplayed("reserve", "charge")
			.hasExecuted("ship")
			.hasCalledOnce("charge")
			.hasStepResult("charge", "charge done");
	}

	@Test
	void runThatCrashedBeforeAStepWasRecordedCallsItAgain() {
		Order order = order();
		String runId = this.crashes.crashInside("charge").in(order::run);
		assertThat(this.workflows.runs().find(runId)).hasExecuted("reserve");
		this.crashes.resume(runId);
		assertThat(this.effects).containsExactly("reserve", "charge", "charge", "ship");
		assertThat(this.workflows.runs().find(runId)).completed()
			.hasReplayed("reserve")
			.hasExecuted("charge", "ship")
			.hasCalledOnce("reserve")
			.hasCalled("charge", 2);
	}

	@Test
	void timeThatPassesMakesTheNextAttemptDue() {
		StepOptions hourly = StepOptions.defaults().attempts(3).backoff(Duration.ofHours(1), Duration.ofHours(1));
		Order order = this.workflows.proxy(new Order("order", (steps) -> steps.call("charge", hourly, () -> {
			if (this.effects.size() < 2) {
				effect("try");
				throw new IllegalStateException("not yet");
			}
			return effect("charge");
		})));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(order::run);
		String runId = this.workflows.runs().last().run().runId();
		assertThat(this.workflows.pass(Duration.ofHours(2), runId)).hasStatus(RunStatus.PAUSED);
		assertThat(this.workflows.pass(Duration.ofHours(2), runId)).completed().hasContent("charge done");
		assertThat(this.effects).containsExactly("try", "try", "charge");
	}

	@Test
	void runCanCrashAgain() {
		Order order = order();
		String runId = this.crashes.crashAfter("reserve").in(order::run);
		assertThat(this.crashes.crashAfter("charge").in(() -> this.crashes.resume(runId))).isEqualTo(runId);
		this.crashes.resume(runId);
		assertThat(this.workflows.runs().find(runId)).completed().hasExecuted("ship").hasCalledOnce("charge");
		assertThat(this.workflows.runs().find(runId).run().epoch()).isEqualTo(2);
	}

	@Test
	void otherRunsGoOn() {
		Order order = order();
		String runId = this.crashes.crashAfter("charge").in(order::run);
		assertThat(order.run()).asString().contains("ship done");
		this.crashes.resume(runId);
		assertThat(this.effects).filteredOn("charge"::equals).hasSize(2);
	}

	@Test
	void bodyDoesNotSwallowTheCrash() {
		Order order = this.workflows.proxy(new Order("stubborn", (steps) -> {
			try {
				steps.call("a", () -> effect("a"));
			}
			catch (Throwable ex) {
				effect("caught");
			}
			try {
				steps.call("b", () -> effect("b"));
			}
			catch (Throwable ex) {
				// goes on
			}
			return "lucky";
		}));
		String runId = this.crashes.crashAfter("a").in(order::run);
		assertThat(this.workflows.runs().find(runId)).hasStatus(RunStatus.ERROR).hasExecuted("a");
		assertThat(this.effects).containsExactly("a", "caught");
		assertThat(this.crashes.resume(runId)).hasContent("lucky");
	}

	@Test
	void callerGetsAFencedException() {
		Order order = order();
		this.crashes.crashAfter("charge");
		assertThatExceptionOfType(RunFencedException.class).isThrownBy(order::run).withMessageContaining("crashed");
	}

	@Test
	void crashOfANestedRunIsACrashOfTheWholeRun() {
		Order inner = this.workflows.proxy(new Order("inner",
				(steps) -> steps.call("pay", () -> effect("pay")) + steps.call("book", () -> effect("book"))));
		Order outer = this.workflows.proxy(new Order("outer", (steps) -> {
			steps.call("open", () -> effect("open"));
			try {
				return inner.run();
			}
			catch (RuntimeException ex) {
				return "swallowed";
			}
		}));
		String runId = this.crashes.crashAfter("pay").in(outer::run);
		assertThat(this.workflows.runs().all()).allSatisfy((run) -> assertThat(run).hasStatus(RunStatus.ERROR));
		assertThat(this.crashes.resume(runId)).hasContent("pay donebook done");
		assertThat(this.effects).containsExactly("open", "pay", "book");
		assertThat(this.workflows.runs().find(runId)).completed().hasSteps("open", "run:inner").hasReplayed("open");
	}

	@Test
	void branchesCrashTogether() {
		Order trip = this.workflows.proxy(
				new Order("trip", (steps) -> String.valueOf(steps.branches("book", List.of("Rome", "Oslo"), (city) -> {
					String hotel = steps.call("hotel", () -> effect("hotel " + city));
					return hotel + steps.call("spa", () -> effect("spa " + city));
				}))));
		String runId = this.crashes.crashAfter("book[1]/hotel").in(trip::run);
		assertThat(this.crashes.resume(runId))
			.hasContent("[hotel Rome donespa Rome done, hotel Oslo donespa Oslo done]");
		assertThat(this.workflows.runs().find(runId)).hasCalledOnce("book[1]/hotel").hasCalledOnce("book[1]/spa");
	}

	@Test
	void sessionIsFreeAfterTheCrash() {
		Order order = this.workflows.proxy(
				new Order("alone", (steps) -> steps.call("a", () -> effect("a")) + steps.call("b", () -> effect("b"))));
		WorkflowScope alone = WorkflowScope.session("s1").concurrency(SessionConcurrency.REJECT);
		String runId = this.crashes.crashAfter("a").in(() -> alone.call(order::run));
		assertThat(alone.call(order::run)).isEqualTo("a doneb done");
		assertThat(this.crashes.resume(runId)).completed();
	}

	@Test
	void crashOfARunThatIsStartedInTheBackgroundIsAwaited() {
		Order order = order();
		try (Threads threads = new Threads()) {
			String runId = this.crashes.crashAfter("reserve")
				.in(() -> CompletableFuture.supplyAsync(order::run, threads.executor()));
			this.crashes.resume(runId);
			RunCrashes.Crash crash = this.crashes.crashAfter("ship");
			threads.executor()
				.execute(() -> assertThatExceptionOfType(RunFencedException.class).isThrownBy(order::run));
			String other = crash.await();
			assertThat(other).isNotEqualTo(runId);
			assertThat(this.crashes.resume(other)).completed();
		}
	}

	@Test
	void atMostOnceStepIsNotCalledAgain() {
		Order order = this.workflows.proxy(new Order("once",
				(steps) -> steps.call("pay", StepOptions.of(StepMode.AT_MOST_ONCE), () -> effect("pay"))));
		String runId = this.crashes.crashInside("pay").in(order::run);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> this.crashes.resume(runId));
		assertThat(this.workflows.runs().find(runId)).hasCalledOnce("pay");
		assertThat(this.workflows.runs().find(runId).run().failure().reason()).isEqualTo("step_interrupted");
	}

	@Test
	void failedStepIsAssertedAndRetried() {
		boolean[] works = { false };
		Order order = this.workflows.proxy(new Order("failing", (steps) -> steps.call("pay", () -> {
			effect("pay");
			if (!works[0]) {
				throw new IllegalStateException("no money");
			}
			return "paid";
		})));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(order::run);
		RecordedRun failed = this.workflows.runs().last();
		assertThat(failed).hasFailedStep("pay", IllegalStateException.class).failedWith(IllegalStateException.class);
		works[0] = true;
		assertThat(this.crashes.retry(failed.run().runId())).hasContent("paid");
		assertThat(this.workflows.runs().last()).hasCalled("pay", 2).hasStepResult("pay", "paid");
	}

	@Test
	void stepThatIsNotReachedIsToldWithTheReason() {
		Order order = order();
		assertFails(() -> this.crashes.crashAfter("chrage").in(order::run), "chrage", "no run came to that step");
		Order broken = this.workflows.proxy(new Order("broken", (steps) -> {
			throw new IllegalStateException("early");
		}));
		assertFails(() -> this.crashes.crashAfter("charge").in(broken::run), "charge", "early");
		assertThat(order.run()).asString().contains("ship done");
	}

	@Test
	void failedAssertionsTellTheSteps() {
		order().run();
		RecordedRun run = this.workflows.runs().last();
		assertFails(() -> assertThat(run).hasSteps("charge", "reserve"), "'reserve'", "[reserve, charge, ship]");
		assertFails(() -> assertThat(run).hasExecuted("reserve"), "[reserve, charge, ship]");
		assertFails(() -> assertThat(run).hasReplayed("reserve"), "not []");
		assertFails(() -> assertThat(run).hasCalled("charge", 2), "charge=1");
		assertFails(() -> assertThat(run).hasCalledOnce("chrage"), "chrage", "not 0");
		assertFails(() -> assertThat(run).hasStepResult("charge", "x"), "charge done");
		assertFails(() -> assertThat(run).hasStepResult("chrage", "x"), "[reserve, charge, ship]");
		assertFails(() -> assertThat(run).hasFailedStep("charge", IllegalStateException.class), "DONE");
	}

	private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable assertion, String... parts) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion)
			.satisfies((error) -> assertThat(error.getMessage()).contains(parts));
	}

	/** Threads that end with the test. */
	private record Threads(ExecutorService executor) implements AutoCloseable {

		Threads() {
			this(Executors.newCachedThreadPool());
		}

		@Override
		public void close() {
			this.executor.shutdown();
		}

	}

}
