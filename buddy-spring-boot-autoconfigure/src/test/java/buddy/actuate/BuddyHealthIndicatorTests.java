package buddy.actuate;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import buddy.run.RunContext;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;
import buddy.storage.RunOwners.ParkedRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Health of the store, also of one that hangs.
 */
@Timeout(60)
class BuddyHealthIndicatorTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC);

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store).clock(clock).build();

	private final CountDownLatch answers = new CountDownLatch(1);

	private final AtomicInteger asked = new AtomicInteger();

	@AfterEach
	void stop() {
		this.answers.countDown();
		this.runner.close();
	}

	@Test
	void storeThatAnswersIsUpWithWhatAnOperatorAsksFor() {
		RunOwners owners = owners(new Overview(990_000L, 2, 3, 4, 5, 6000));
		BDDMockito.given(owners.parked(200, clock.instant(), PATIENCE))
			.willReturn(List.of(parked("poisoned"), parked("interrupted"), parked("interrupted")));

		Health health = indicator(owners, PATIENCE).health();

		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).isEqualTo(Map.of("live_runs", 0, "expired_owners", 2, "oldest_running_seconds",
				10.0, "interrupted_runs", 3, "paused_runs", 4L, "queued_runs", 5L, "overdue_seconds", 6.0,
				"parked_runs", Map.of("interrupted", 2, "poisoned", 1)));
	}

	@Test
	void storeWithoutOwnersTellsOfTheRunsOfThisProcess() {
		Health[] health = new Health[1];
		Workflows.proxy(new Asking(), this.runner).run("s1", () -> health[0] = indicator(null, PATIENCE).health());

		assertThat(health[0].getStatus()).isEqualTo(Status.UP);
		assertThat(health[0].getDetails()).isEqualTo(
				Map.of("live_runs", 1, "expired_owners", 0, "interrupted_runs", 0, "oldest_running_seconds", 0.0));
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void storeThatFailsIsDownWithoutWhatItsExceptionsSay() {
		RunOwners broken = Mockito.mock(RunOwners.class);
		BDDMockito.given(broken.overview(ArgumentMatchers.any(Duration.class)))
			.willThrow(new IllegalStateException("no connection to db?password=hunter2",
					new IOException("hunter2 refused")));
		Health health = indicator(broken, PATIENCE).health();

		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("error",
				"The store could not be queried: java.lang.IllegalStateException because of java.io.IOException");
	}

	@Test
	void storeThatHangsIsDownInTimeAndAskedOnce() throws Exception {
		BuddyHealthIndicator indicator = indicator(hanging(), Duration.ofMillis(50));
		for (int i = 0; i < 5; i++) {
			Health health = indicator.health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("error", "The store did not respond within PT0.05S");
			Awaitility.await().until(() -> this.asked.get() > 0); // its thread may begin
																	// late
		}
		assertThat(this.asked).hasValue(1);

		this.answers.countDown();
		Awaitility.await().until(() -> indicator.health().getStatus().equals(Status.UP));
	}

	@Test
	void timeMustBeGiven() {
		assertThatIllegalArgumentException().isThrownBy(() -> indicator(null, Duration.ZERO))
			.withMessageContaining("buddy.observability.health-timeout");
	}

	private RunOwners hanging() {
		RunOwners owners = Mockito.mock(RunOwners.class);
		BDDMockito.given(owners.overview(ArgumentMatchers.any(Duration.class))).willAnswer((invocation) -> {
			this.asked.incrementAndGet();
			this.answers.await(30, TimeUnit.SECONDS);
			return new Overview(null, 0, 0, 0);
		});
		return owners;
	}

	private static ParkedRun parked(String reason) {
		return new ParkedRun("r1", "s1", "w1", null, reason, Instant.EPOCH, Instant.EPOCH);
	}

	private static RunOwners owners(Overview overview) {
		RunOwners owners = Mockito.mock(RunOwners.class);
		BDDMockito.given(owners.overview(ArgumentMatchers.any(Duration.class))).willReturn(overview);
		return owners;
	}

	private BuddyHealthIndicator indicator(@Nullable RunOwners owners, Duration timeout) {
		return new BuddyHealthIndicator(this.store, owners, new DefaultWorkflowRuns(this.store, owners,
				RunnerLiveRuns.of(this.runner), () -> "nobody", clock, null), clock, timeout);
	}

	static class Asking extends Workflow {

		void run(@SessionId String session, Runnable body) {
			body.run();
		}

	}

}
