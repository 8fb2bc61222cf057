package buddy.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.session.Page;
import buddy.session.RunPage;
import buddy.storage.StoredRun;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Comparisons of runs with code that takes long, or hangs.
 */
@Timeout(60)
class LimitedVerificationTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(50);

	private final Durable durable = new Durable();

	private final CountDownLatch goesOn = new CountDownLatch(1);

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final AtomicInteger hanging = new AtomicInteger();

	private final Named code = new Named("slow", (workflow) -> workflow.callStep("a", () -> "a")
			+ workflow.callStep("b", () -> "b") + workflow.callStep("c", () -> "c"));

	@AfterEach
	void letGo() {
		this.goesOn.countDown();
	}

	private String interrupted() {
		return this.durable.dyingAfter("b").interrupted(this.durable.proxy(this.code)::run);
	}

	/** The same steps, with code between them that does not end. */
	private WorkflowRuns hanging() {
		return this.durable.runsOf(new Named("slow", (workflow) -> {
			String a = workflow.callStep("a", () -> "a");
			this.hanging.incrementAndGet();
			this.goesOn.await();
			return a + workflow.callStep("b", () -> "b") + workflow.callStep("c", () -> "c");
		}));
	}

	@Test
	void comparisonWithinItsTimeIsAsOneWithoutLimit() {
		String runId = interrupted();
		assertThat(this.durable.runs().verify(runId, LONG)).isEqualTo(this.durable.runs().verify(runId))
			.isEqualTo(new RunVerification(runId, "slow", true, 2, "c", null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.durable.runs().verify(runId, Duration.ZERO));
	}

	@Test
	void codeThatHangsEndsTheWaitAndIsAskedToStop() {
		String runId = interrupted();
		StoredRun before = this.durable.run(runId);
		WorkflowRuns runs = this.durable.runsOf(new Named("slow", (workflow) -> {
			workflow.callStep("a", () -> "a");
			while (!workflow.cancelled()) {
				this.goesOn.await(1, TimeUnit.MILLISECONDS);
			}
			this.stopped.countDown();
			return workflow.callStep("b", () -> "b");
		}));

		// code that is stopped before it hangs is called again
		Awaitility.await().until(() -> {
			assertThatExceptionOfType(RunVerificationTimeoutException.class).isThrownBy(() -> runs.verify(runId, SHORT))
				.withMessageContaining(runId)
				.satisfies((late) -> assertThat(late.runId()).isEqualTo(runId));
			return this.stopped.await(1, TimeUnit.SECONDS);
		});
		assertThat(this.durable.run(runId)).isEqualTo(before);
		assertThat(this.durable.runs().verify(runId, LONG).matches()).isTrue();
	}

	@Test
	void comparisonsThatHangDoNotPileUp() {
		String runId = interrupted();
		WorkflowRuns runs = hanging();
		// one that is stopped before it hangs makes room again
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.untilAsserted(() -> assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> runs.verify(runId, SHORT))
				.withMessageContaining("16"));
		assertThat(this.hanging.get()).isLessThanOrEqualTo(16);

		this.goesOn.countDown();
		Awaitility.await()
			.ignoreException(RejectedExecutionException.class)
			.untilAsserted(() -> assertThat(runs.verify(runId, LONG).matches()).isTrue());
	}

	@Test
	void pageEndsWhereItsTimeDoesAndTellsOfARunThatNeedsAllOfIt() {
		List<String> ids = List.of(interrupted(), interrupted(), interrupted());
		WorkflowRuns runs = hanging();

		List<RunVerification> all = new ArrayList<>();
		RunPage next = RunPage.first(10);
		int pages = 0;
		while (next != null) {
			Page<RunVerification> page = runs.verifyUnfinished("slow", next, SHORT);
			assertThat(page.items()).hasSizeLessThanOrEqualTo(1);
			all.addAll(page.items());
			next = (page.next() != null) ? next.after(page.next()) : null;
			pages++;
		}

		assertThat(pages).isEqualTo(3);
		assertThat(all).extracting(RunVerification::runId).containsExactlyInAnyOrderElementsOf(ids);
		assertThat(all).allSatisfy((found) -> {
			assertThat(found.matches()).isFalse();
			assertThat(found.steps()).isEqualTo(2);
			assertThat(found.problem()).contains("PT0.05S");
		});
		assertThat(this.durable.runs().verifyUnfinished("slow", RunPage.first(10), LONG).items()).hasSize(3)
			.allMatch(RunVerification::matches);
	}

}
