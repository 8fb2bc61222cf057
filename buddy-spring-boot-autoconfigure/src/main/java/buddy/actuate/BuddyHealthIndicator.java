package buddy.actuate;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowRuns;

/**
 * Health of the store of sessions and runs: up if it responds in time. The details
 * include the age of the oldest run in progress, the number of dead nodes with runs, the
 * runs that nobody executes, and the paused and queued runs. None of these takes a node
 * down.
 */
final class BuddyHealthIndicator extends AbstractHealthIndicator {

	private static final String ERROR = "error";

	/** The number of runs that are looked at to find parked ones. */
	static final int NEWEST = 200;

	private static final String NO_RUN = "00000000-0000-7000-8000-000000000000";

	private final WorkflowSessionRepository store;

	private final @Nullable RunOwners owners;

	private final WorkflowRuns runs;

	private final Clock clock;

	private final Duration timeout;

	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-health-");

	private @Nullable FutureTask<Look> looking;

	BuddyHealthIndicator(WorkflowSessionRepository store, @Nullable RunOwners owners, WorkflowRuns runs, Clock clock,
			Duration timeout) {
		super("The check of the store of workflow sessions and runs failed");
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("The health timeout must be positive, not " + timeout
					+ "; set buddy.observability.health-timeout to a second or more");
		}
		this.store = store;
		this.owners = owners;
		this.runs = runs.ofEverybody();
		this.clock = clock;
		this.timeout = timeout;
		this.executor.setDaemon(true);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) throws Exception {
		builder.withDetail("live_runs", this.runs.ofThisNode().size());
		Look look;
		try {
			look = look().get(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			builder.down().withDetail(ERROR, "The store did not respond within " + this.timeout);
			return;
		}
		catch (ExecutionException ex) {
			Throwable failure = (ex.getCause() != null) ? ex.getCause() : ex;
			builder.down(failure).withDetail(ERROR, describe(failure));
			return;
		}
		Overview overview = look.overview();
		builder.up()
			.withDetail("expired_owners", overview.expiredOwners())
			.withDetail("interrupted_runs", overview.interrupted());
		if (look.parked() != null) {
			builder.withDetail("parked_runs", look.parked())
				.withDetail("paused_runs", overview.paused())
				.withDetail("queued_runs", overview.queued())
				.withDetail("overdue_seconds", overview.overdueMillis() / 1000.0);
		}
		Long oldest = overview.oldestRunning();
		if (oldest != null) {
			builder.withDetail("oldest_running_seconds", Math.max(0, this.clock.millis() - oldest) / 1000.0);
		}
	}

	/**
	 * Describes a failure by types alone, since a driver's message may contain its URL
	 * with a password.
	 */
	private static String describe(Throwable failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		return "The store could not be queried: " + failure.getClass().getName()
				+ ((cause != failure) ? " because of " + cause.getClass().getName() : "");
	}

	/** Returns the check in progress if it still hangs, so that checks do not pile up. */
	private synchronized FutureTask<Look> look() {
		FutureTask<Look> last = this.looking;
		if (last != null && !last.isDone()) {
			return last;
		}
		FutureTask<Look> next = new FutureTask<>(this::query);
		this.looking = next;
		this.executor.execute(next);
		return next;
	}

	/** Queries the store; one that keeps no nodes reports no dead ones. */
	private Look query() {
		if (this.owners != null) {
			Map<String, Integer> parked = new TreeMap<>();
			Overview overview = this.owners.overview(this.timeout);
			this.owners.parked(NEWEST, this.clock.instant(), this.timeout)
				.forEach((run) -> parked.merge(run.reason(), 1, Integer::sum));
			return new Look(overview, parked);
		}
		this.store.findRun(NO_RUN);
		return new Look(new Overview(
				this.runs.ofThisNode().stream().findFirst().map((run) -> run.createdAt().toEpochMilli()).orElse(null),
				0, 0, 0), null);
	}

	/**
	 * What the store responds.
	 *
	 * @param overview the runs in progress
	 * @param parked the number of parked runs by reason, or {@code null} if the store
	 * does not list them
	 */
	private record Look(Overview overview, @Nullable Map<String, Integer> parked) {
	}

}
