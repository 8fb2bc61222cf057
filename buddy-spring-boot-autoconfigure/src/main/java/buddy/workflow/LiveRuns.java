package buddy.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

	/** A timer counts nanoseconds in a long. */
	private static final Duration LONGEST = Duration.ofDays(36500);

	/** So many ends at the most wait for a database that is away. */
	private static final int MAX_UNRECORDED = 10_000;

	private final Map<String, LiveRun> runs = new ConcurrentHashMap<>();

	private final Queue<BooleanSupplier> unrecorded = new ConcurrentLinkedQueue<>();

	private final @Nullable RunOwners owners;

	private final NodeLease lease;

	private final RunWatch watch;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor timer;

	private final Executor cancelling;

	private final AtomicBoolean ticking = new AtomicBoolean();

	private final Object removed = new Object();

	private volatile boolean closedToNewRuns;

	LiveRuns(@Nullable RunOwners owners, NodeLease lease, RunWatch watch, Clock clock) {
		this.owners = owners;
		this.lease = lease;
		this.watch = watch;
		this.clock = clock;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-runs-");
		threads.setDaemon(true);
		// one may wait for the database, and the time of runs must go on
		this.timer = new ScheduledThreadPoolExecutor(2, threads);
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.cancelling = DaemonThreads.named("buddy-cancel-");
	}

	/** The id of this process in the store, if that keeps any. */
	@Nullable String nodeId() {
		return this.lease.nodeId();
	}

	/** Before a run begins: its node must be known to live. */
	void add(LiveRun run) {
		if (this.closedToNewRuns) {
			throw new IllegalStateException("Workflow '" + run.run().workflowId()
					+ "' cannot run: the application is stopping, and its runs have been stopped already");
		}
		this.lease.require();
		this.runs.put(run.run().runId(), run);
		tickOn();
	}

	void remove(LiveRun run) {
		this.runs.remove(run.run().runId(), run);
		synchronized (this.removed) {
			this.removed.notifyAll();
		}
	}

	/**
	 * Waits until no run is in progress.
	 * @return how many still are after that time
	 */
	int awaitNone(Duration most) throws InterruptedException {
		long deadline = System.nanoTime() + most.toNanos();
		synchronized (this.removed) {
			long left = deadline - System.nanoTime();
			while (!this.runs.isEmpty() && left > 0) {
				this.removed.wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
				left = deadline - System.nanoTime();
			}
		}
		return this.runs.size();
	}

	/** From now on runs are refused. */
	void closeToNewRuns() {
		this.closedToNewRuns = true;
	}

	/** Asks all runs of this process to stop, since the application does. */
	List<LiveRun> shutDown(String reason) {
		List<LiveRun> asked = List.copyOf(this.runs.values());
		asked.forEach((run) -> cancel(run, Cancellation.SHUTDOWN, reason));
		return asked;
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
		long millis = (limit.compareTo(LONGEST) > 0) ? LONGEST.toMillis() : limit.toMillis();
		try {
			var due = this.timer.schedule(() -> cancel(run, Cancellation.TIMEOUT, reason), millis,
					TimeUnit.MILLISECONDS);
			return () -> due.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			// closed: a run that begins while the application stops has no time limit
			return () -> {
			};
		}
	}

	/** Off this thread: what is stopped may take its time. */
	private boolean cancel(LiveRun run, String cause, String reason) {
		return run.cancellation().cancel(cause, reason, this.cancelling);
	}

	/** Asks a run of this process to stop; what is stopped is stopped elsewhere. */
	boolean cancel(LiveRun run, String reason) {
		return cancel(run, Cancellation.CANCELLED, reason);
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
		try {
			tick();
		}
		finally {
			if (isBusy()) {
				scheduleTick();
			}
			else {
				this.ticking.set(false);
				if (isBusy()) { // one came in between
					tickOn();
				}
			}
		}
	}

	private boolean isBusy() {
		return !this.runs.isEmpty() || !this.unrecorded.isEmpty();
	}

	/**
	 * The end of a run that the store did not take is written again until it is taken.
	 * @param write writes it, and tells whether that was the last time
	 */
	void writeAgain(BooleanSupplier write) {
		if (this.unrecorded.size() < MAX_UNRECORDED) {
			this.unrecorded.add(write);
			tickOn();
		}
	}

	/** Looks once; what fails is tried again at the next look. */
	void tick() {
		try {
			abandonIdle();
			this.unrecorded.removeIf(BooleanSupplier::getAsBoolean);
			if (this.owners != null && isBusy()) {
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
		if (run != null && !run.cancellation().cancelled()) {
			cancel(run, request.reason());
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
