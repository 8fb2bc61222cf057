package buddy.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import buddy.run.Cancellation;
import buddy.session.RunOwners;
import buddy.session.RunOwners.CancelRequest;

/**
 * The runs of this process, and what ends them from outside: a request to cancel, also
 * one that another node stored, the time that a run may take, and a stream that nobody
 * pulls from.
 *
 * <p>
 * While there are runs, it looks at a fixed interval; without runs, it has no thread and
 * sends no statement.
 */
final class LiveRuns implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LiveRuns.class);

	private static final long THREAD_IDLE_SECONDS = 5;

	private final Map<String, LiveRun> runs = new ConcurrentHashMap<>();

	private final @Nullable RunOwners owners;

	private final NodeLease lease;

	private final RunWatch watch;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor timer;

	private final Executor cancelling;

	private final AtomicBoolean ticking = new AtomicBoolean();

	LiveRuns(@Nullable RunOwners owners, NodeLease lease, RunWatch watch, Clock clock) {
		this.owners = owners;
		this.lease = lease;
		this.watch = watch;
		this.clock = clock;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-runs-");
		threads.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threads);
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-cancel-");
		executor.setDaemon(true);
		this.cancelling = executor;
	}

	/** The id of this process in the store, if that keeps any. */
	@Nullable String nodeId() {
		return this.lease.nodeId();
	}

	/** Before a run begins: its node must be known to live. */
	void add(LiveRun run) {
		this.lease.require();
		this.runs.put(run.run().runId(), run);
		tickOn();
	}

	void remove(LiveRun run) {
		this.runs.remove(run.run().runId(), run);
	}

	@Nullable LiveRun find(String runId) {
		return this.runs.get(runId);
	}

	Collection<LiveRun> all() {
		return List.copyOf(this.runs.values());
	}

	/**
	 * Cancels a run when its time is up.
	 * @return forgets it
	 */
	Runnable cancelAfter(LiveRun run, Duration limit) {
		String reason = "it took longer than " + limit + ", which its timeout allows";
		var due = this.timer.schedule(() -> cancel(run, Cancellation.TIMEOUT, reason), limit.toMillis(),
				TimeUnit.MILLISECONDS);
		return () -> due.cancel(false);
	}

	/** Off this thread: what is stopped may take its time. */
	private void cancel(LiveRun run, String cause, String reason) {
		this.cancelling.execute(() -> run.cancellation().cancel(cause, reason));
	}

	private void tickOn() {
		if (!this.ticking.get() && this.ticking.compareAndSet(false, true)) {
			scheduleTick();
		}
	}

	private void scheduleTick() {
		try {
			this.timer.schedule(this::tickAndGoOn, this.watch.interval().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			this.ticking.set(false); // closed
		}
	}

	private void tickAndGoOn() {
		tick();
		if (!this.runs.isEmpty()) {
			scheduleTick();
			return;
		}
		this.ticking.set(false);
		if (!this.runs.isEmpty()) { // one came in between
			tickOn();
		}
	}

	/** Looks once; what fails is tried again at the next look. */
	void tick() {
		try {
			abandonIdle();
			if (this.owners != null && !this.runs.isEmpty()) {
				this.lease.renewWhenDue();
				String nodeId = this.lease.nodeId();
				if (nodeId != null) {
					this.owners.cancelRequests(nodeId).forEach(this::cancel);
				}
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The runs of this node could not be looked after; this is tried again in {}",
					this.watch.interval(), ex);
		}
	}

	private void cancel(CancelRequest request) {
		LiveRun run = this.runs.get(request.runId());
		if (run != null) {
			cancel(run, Cancellation.CANCELLED, request.reason());
		}
	}

	private void abandonIdle() {
		Duration most = this.watch.idleTimeout();
		if (most.isZero()) {
			return;
		}
		long since = this.clock.millis() - most.toMillis();
		for (LiveRun run : this.runs.values()) {
			Pulled stream = run.pulled();
			if (stream != null && stream.idleSince(since)) {
				this.cancelling.execute(() -> stream.abandon("nobody pulled an item for " + most
						+ " (buddy.runs.idle-timeout); close a stream that is not drained"));
			}
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		if (this.runs.isEmpty()) {
			try {
				this.lease.release();
			}
			catch (RuntimeException ex) {
				logger.debug("The node could not be signed off; its lease runs out", ex);
			}
		}
	}

}
