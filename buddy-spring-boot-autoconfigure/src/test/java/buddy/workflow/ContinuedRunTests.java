package buddy.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import buddy.durable.StepRetention;
import buddy.durable.StepStatus;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionState;
import buddy.storage.StoredRun;
import buddy.workflow.StepTests.Body;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ContinuedRunTests {

	private final Durable durable = new Durable();

	@Test
	void branchesHaveStepsOfTheirOwn() throws Exception {
		Body trip = (workflow) -> workflow.branches("book", List.of("Rome", "Oslo", "Bern"), (city) -> {
			String hotel = workflow.callStep("hotel", () -> call("hotel " + city));
			return hotel + " and " + workflow.callStep("hotel", () -> call("spa " + city));
		});
		Named bean = this.durable.proxy(new Named("trip", trip));
		String runId = this.durable.dyingAfter("book[1]/hotel#2").interrupted(bean::run);
		assertThat(this.durable.keys(runId)).contains("book[1]/hotel", "book[1]/hotel#2");

		Object content = Durable.ended(this.durable.runs().resume(runId)).content();

		assertThat(content)
			.isEqualTo(List.of("hotel Rome and spa Rome", "hotel Oslo and spa Oslo", "hotel Bern and spa Bern"));
		assertThat(this.durable.keys(runId)).hasSize(6).doesNotHaveDuplicates();
		assertThat(this.durable.calls).contains("spa Oslo").filteredOn("spa Oslo"::equals).hasSize(1);
	}

	@Test
	void changesOfTheStateInAStepAreMadeAgain() throws Exception {
		Body body = (workflow) -> {
			SessionState state = workflow.state();
			state.increment("between", 1);
			workflow.callStep("a", () -> {
				state.increment("within", 2);
				state.put("name", Map.of("x", List.of(1)));
				state.append("list", "one");
				return call("a");
			});
			state.increment("between", 1);
			state.append("list", "two");
			workflow.callStep("b", () -> call("b"));
			return new TreeMap<>(state).toString();
		};
		Named bean = this.durable.proxy(new Named("state", body));
		String runId = this.durable.dyingAfter("a").interrupted(() -> WorkflowScope.session("s1").call(bean::run));
		// another run changes the session meanwhile
		Named other = this.durable.proxy(new Named("state2", (workflow) -> workflow.state().increment("between", 10)) {
			@Override
			public String workflowId() {
				return "state";
			}
		}, false);
		WorkflowScope.session("s1").call(other::run);
		this.durable.dyingAfter("b");
		this.durable.runs().resume(runId).response().exceptionally((ex) -> null).toCompletableFuture().join();
		this.durable.markInterrupted();

		Object content = Durable.ended(this.durable.runs().resume(runId)).content();

		assertThat(content).isEqualTo("{between=2, list=[one, two], name={x=[1]}, within=2}");
		assertThat(this.durable.run(runId).epoch()).isEqualTo(2);
		assertThat(this.durable.state("s1")).containsEntry("between", 12)
			.containsEntry("within", 2)
			.containsEntry("list", List.of("one", "two"));
		assertThat(this.durable.calls).containsExactly("a", "b");
	}

	@Test
	void editInPlaceWithinAStepIsRefused() {
		Named bean = this.durable.proxy(new Named("edit", (workflow) -> {
			workflow.state().put("map", Map.of("a", 1));
			workflow.callStep("edit", () -> {
				@SuppressWarnings("unchecked")
				Map<String, Object> map = (Map<String, Object>) workflow.state().get("map");
				map.put("b", 2);
				return "x";
			});
			return "y";
		}));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(bean::run)
			.withMessageContaining("'edit'")
			.withMessageContaining("[map]")
			.withMessageContaining("put");
	}

	@Test
	void runWhoseStepsWereDeletedIsNotContinued() {
		Named bean = this.durable.proxy(new Named("old", (workflow) -> {
			workflow.callStep("pay", () -> call("pay"));
			throw new IllegalStateException("broken");
		}));
		assertThatIllegalStateException().isThrownBy(bean::run);
		String runId = this.durable.onlyRun().runId();
		assertThat(this.durable.runs().isResumable(runId)).isTrue();
		StepRetention retention = new StepRetention(this.durable::journal, Duration.ofDays(1), 1);
		Instant end = this.durable.clock.instant();
		assertThat(retention.sweep(end.plus(Duration.ofDays(1)))).isZero();
		retention.stop();
		assertThat(retention.sweep(end.plus(Duration.ofDays(2)))).isZero();
		retention.resume();

		assertThat(retention.sweep(end.plus(Duration.ofDays(2)))).isEqualTo(1);

		assertThat(this.durable.runs().isResumable(runId)).isFalse();
		requireDeleted(() -> this.durable.runs().retry(runId));
		requireDeleted(() -> this.durable.runs().resume(runId));
		assertThat(this.durable.runs().verify(runId).matches()).isFalse();
		assertThat(this.durable.runs().verify(runId).problem()).contains("buddy.retention.step-age");
		assertThat(this.durable.runs().verifyUnfinished("old", RunPage.first(10)).items()).isEmpty();
		requireDeleted(() -> this.durable.runs().fork(runId, "pay"));
		assertThat(this.durable.runs().steps(runId, null, 10)).isEmpty();
		assertThat(this.durable.onlyRun().status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.durable.calls).containsExactly("pay");
	}

	private static void requireDeleted(ThrowingCallable call) {
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(call)
			.withMessageContaining("buddy.retention.step-age")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RunNotResumableException.STEPS_DELETED));
	}

	@Test
	void finishedNestedRunIsNotCalledAgain() throws Exception {
		Named child = this.durable.proxy(new Named("child", (workflow) -> workflow.callStep("pay", () -> call("pay"))));
		Named parent = this.durable.proxy(new Named("parent", (workflow) -> {
			Object paid = child.run();
			return paid + " " + workflow.callStep("close", () -> call("close"));
		}));
		String runId = this.durable.dyingAfter("close").interrupted(parent::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("pay close");
		assertThat(this.durable.calls).containsExactly("pay", "close");
		assertThat(this.durable.runCount()).isEqualTo(2);
	}

	@Test
	void interruptedNestedRunIsContinuedInPlace() throws Exception {
		Named child = this.durable.proxy(new Named("child", (workflow) -> {
			workflow.callStep("pay", () -> call("pay"));
			return workflow.callStep("book", () -> call("book"));
		}));
		Named parent = this.durable.proxy(new Named("parent", (workflow) -> {
			workflow.callStep("open", () -> call("open"));
			return child.run();
		}));
		String runId = this.durable.dyingAfter("pay").interrupted(parent::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("book");
		assertThat(this.durable.calls).containsExactly("open", "pay", "book");
		assertThat(this.durable.runCount()).isEqualTo(2);
		StoredRun nested = this.durable.child(runId);
		assertThat(nested.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(nested.epoch()).isEqualTo(1);
		assertThatExceptionOfType(RunNotResumableException.class)
			.isThrownBy(() -> this.durable.runs().resume(nested.runId()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("run-ended"));
	}

	@Test
	void retryTriesAgainWhatFailedLast() throws Exception {
		boolean[] works = { false };
		Named bean = this.durable.proxy(new Named("failing", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			return workflow.callStep("b", () -> {
				call("b");
				if (!works[0]) {
					throw new IllegalStateException("not yet");
				}
				return "ok";
			});
		}));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(bean::run);
		String runId = this.durable.onlyRun().runId();
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().resume(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("failed"));
		assertThat(this.durable.runs().isResumable(runId)).isTrue();
		works[0] = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("ok");
		assertThat(this.durable.calls).containsExactly("a", "b", "b");
		assertThat(this.durable.runs().isResumable(runId)).isFalse();
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().retry(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("run-ended"));
	}

	@Test
	void retryTriesAgainWhatFailedInANestedRun() throws Exception {
		boolean[] works = { false };
		Named child = this.durable.proxy(new Named("child", (workflow) -> workflow.callStep("pay", () -> {
			call("pay");
			if (!works[0]) {
				throw new IllegalStateException("not yet");
			}
			return "paid";
		})));
		Named parent = this.durable.proxy(new Named("parent", (workflow) -> {
			workflow.callStep("open", () -> call("open"));
			return child.run();
		}));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(parent::run);
		String runId = this.durable.root().runId();
		works[0] = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("paid");
		assertThat(this.durable.calls).containsExactly("open", "pay", "pay");
	}

	@Test
	void forkExecutesFromAStepOnAndCountsItsOwnChangesOnly() throws Exception {
		Named bean = this.durable.proxy(new Named("refund", (workflow) -> {
			long refunds = workflow.state().increment("refunds", 1);
			String charge = workflow.callStep("charge", () -> call("charge"));
			workflow.callStep("notify", () -> {
				workflow.state().increment("notified", 1);
				return call("notify");
			});
			return charge + " " + refunds;
		}));
		WorkflowScope.session("s1").call(bean::run);
		String original = this.durable.onlyRun().runId();

		StartedRun fork = this.durable.runs().fork(original, "notify");
		String runId = fork.begun().toCompletableFuture().get();

		assertThat(Durable.ended(fork).content()).isEqualTo("charge 1");
		assertThat(runId).isNotEqualTo(original);
		assertThat(this.durable.calls).containsExactly("charge", "notify", "notify");
		assertThat(this.durable.state("s1")).containsEntry("refunds", 1).containsEntry("notified", 2);
		assertThat(this.durable.run(runId).origin().forkedFrom()).isEqualTo(original);
		assertThatExceptionOfType(RunNotResumableException.class)
			.isThrownBy(() -> this.durable.runs().fork(original, "other"))
			.withMessageContaining("[charge, notify]");
	}

	@Test
	void verifyTellsTheFirstDifferenceAndStoresNothing() throws Exception {
		Body before = (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			workflow.callStep("b", () -> call("b"));
			return workflow.callStep("c", () -> call("c"));
		};
		Named bean = this.durable.proxy(new Named("verified", before));
		String runId = this.durable.dyingAfter("b").interrupted(bean::run);
		StoredRun stored = this.durable.run(runId);

		assertThat(this.durable.runs().verify(runId))
			.isEqualTo(new RunVerification(runId, "verified", true, 2, "c", null));
		RunVerification differs = this.durable.runsOf(new Named("verified", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			return workflow.callStep("x", () -> call("x"));
		})).verify(runId);
		assertThat(differs.matches()).isFalse();
		assertThat(differs.problem()).contains("step 'b' is recorded, and step 'x' was called");
		assertThat(this.durable.runsOf(new Named("verified", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			throw new IllegalStateException("early");
		})).verify(runId).matches()).isFalse();
		assertThat(this.durable.runs().verifyUnfinished("verified", RunPage.first(10)).items()).singleElement()
			.satisfies((found) -> assertThat(found.runId()).isEqualTo(runId));
		assertThat(this.durable.run(runId)).isEqualTo(stored);
		assertThat(this.durable.calls).containsExactly("a", "b");
	}

	@Test
	void stepsAreListed() throws Exception {
		Named bean = this.durable.proxy(new Named("listed", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			return workflow.callStep("b", () -> call("b"));
		}));
		bean.run();
		String runId = this.durable.onlyRun().runId();

		List<RunStep> steps = this.durable.runs().steps(runId, null, 10);

		assertThat(steps).extracting(RunStep::key).containsExactly("a", "b");
		assertThat(steps).extracting(RunStep::status).containsOnly(StepStatus.DONE);
		assertThat(this.durable.runs().steps(runId, "a", 10)).extracting(RunStep::result).containsExactly("\"b\"");
		assertThatExceptionOfType(RunNotFoundException.class)
			.isThrownBy(() -> this.durable.runs().asUser("someone").ofEverybody().steps("none", null, 1));
	}

	@Test
	void otherUsersRunIsNotFound() {
		Named bean = this.durable.proxy(new Named("mine", (workflow) -> workflow.callStep("a", () -> call("a"))));
		WorkflowScope.ofUser("me").call(bean::run);
		String runId = this.durable.onlyRun().runId();
		WorkflowRuns others = this.durable.runs().asUser("other");
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> others.resume(runId));
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> others.retry(runId));
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> others.fork(runId, "a"));
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> others.verify(runId));
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> others.steps(runId, null, 5));
	}

	@Test
	void eventsOfReplayedCodeAreNotPublishedAgain() throws Exception {
		Named bean = this.durable.proxy(new Named("events", (workflow) -> {
			workflow.tell("one");
			workflow.callStep("a", () -> call("a"));
			workflow.tell("two");
			return workflow.callStep("b", () -> call("b"));
		}));
		String runId = this.durable.dyingAfter("a").interrupted(bean::run);
		Durable.ended(this.durable.runs().resume(runId));

		assertThat(this.durable.events).filteredOn((event) -> !event.event().startsWith("Step"))
			.extracting((event) -> String.valueOf(event.toMap().getOrDefault("name", event.event())))
			.containsExactly("WorkflowStarted", "one", "RunContinued", "two", "WorkflowCompleted");
	}

	private String call(String what) {
		this.durable.calls.add(what);
		return what;
	}

}
