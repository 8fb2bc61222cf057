package buddy.workflow.internal.live;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import buddy.durable.internal.RunSignal;
import buddy.json.internal.StorableJson;
import buddy.run.Cancellation;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunHandedOverException;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunOwners.OwnRun;
import buddy.storage.StoredRun;

/**
 * Tracks the runs of this process, and ends them from outside: on a request to cancel,
 * including one that another node stored, when a time limit is reached, or when a stream
 * is no longer pulled.
 *
 * <p>
 * While there are runs, they are checked at a fixed interval. Without runs, there is no
 * thread and no statement is sent.
 */
public final class LiveRuns implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LiveRuns.class);

	private static final long THREAD_IDLE_SECONDS = 5;

	/** The longest time limit, since a timer counts nanoseconds in a long. */
	private static final Duration LONGEST = Duration.ofDays(36500);

	/** The longest time for which a call waits for a run that pauses. */
	private static final Duration PAUSING = Duration.ofSeconds(10);

	/** The maximum number of writes that wait for an unavailable database. */
	private static final int MAX_UNRECORDED = 10_000;

	private static final String LOST = "its record was ended or deleted by someone else: this process was not seen for"
			+ " longer than its lease (buddy.node.lease), or its session was deleted";

	private final Map<String, LiveRun> runs = new ConcurrentHashMap<>();

	private final Queue<UnrecordedWrite> unrecorded = new ConcurrentLinkedQueue<>();

	private final @Nullable RunOwners owners;

	private final NodeLease lease;

	private final RunWatch watch;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor timer;

	private final Executor cancelling;

	private final RepeatedCheck looking;

	private final RepeatedCheck renewing;

	private final Object removed = new Object();

	private final StrayRuns strays;

	private volatile boolean closedToNewRuns;

	private volatile boolean paused;

	public LiveRuns(@Nullable RunOwners owners, NodeLease lease, RunWatch watch, Clock clock) {
		this.owners = owners;
		this.lease = lease;
		this.watch = watch;
		this.clock = clock;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-runs-");
		threads.setDaemon(true);
		// two may wait for the database, while time limits must still take effect
		this.timer = new ScheduledThreadPoolExecutor(3, threads);
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.strays = new StrayRuns(lease.duration().toNanos(), System::nanoTime);
		this.cancelling = DaemonThreads.named("buddy-cancel-");
		this.looking = new RepeatedCheck(this::tick, this::isBusy, this.timer, watch.interval());
		this.renewing = new RepeatedCheck(this::renew, this::isBusy, this.timer, watch.interval());
		lease.whenOver(this::stopThoseThatMayBeTaken);
	}

	/** Called when a run of this process has paused. */
	public void paused() {
		this.paused = true;
	}

	/** Returns whether a run of this process has paused since the last call. */
	public boolean takePaused() {
		boolean any = this.paused;
		this.paused = false;
		return any;
	}

	/** Returns the id of this process in the store, or null if the store keeps none. */
	public @Nullable String nodeId() {
		return this.lease.nodeId();
	}

	/**
	 * Adds a run before it begins, and ensures that its node is recorded as alive. An
	 * earlier execution of the same run is stopped.
	 */
	public void add(LiveRun run) {
		requireOpen(run);
		LiveRun earlier = this.runs.put(run.run().runId(), run);
		if (earlier != null && earlier != run) {
			fence(earlier, "this process goes on with the run in another execution");
		}
		lookAfter();
	}

	/**
	 * Ensures that a run can be added, and that its node is recorded as alive. A run that
	 * is to be continued is added once it is taken: of two attempts, one is refused, and
	 * must not stop the other.
	 */
	public void requireOpen(LiveRun run) {
		if (this.closedToNewRuns) {
			throw new IllegalStateException("Workflow '" + run.run().workflowId()
					+ "' cannot run: the application is stopping, and its runs have been stopped already");
		}
		this.lease.require();
	}

	public void remove(LiveRun run) {
		this.runs.remove(run.run().runId(), run);
		synchronized (this.removed) {
			this.removed.notifyAll();
		}
	}

	/**
	 * Waits until no run is in progress.
	 * @return the number of runs still in progress after that time
	 */
	public int awaitNone(Duration most) throws InterruptedException {
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

	/** Waits until a run that pauses is left, which takes as long as its store. */
	public void awaitOver(LiveRun run) {
		CountDownLatch over = new CountDownLatch(1);
		run.whenOver(over::countDown);
		try {
			over.await(PAUSING.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Sets whether new runs are refused from now on. */
	public void closedToNewRuns(boolean closed) {
		this.closedToNewRuns = closed;
	}

	/**
	 * Asks the runs of this process to stop because the application stops, apart from
	 * those that it hands over.
	 * @return the runs that are cancelled
	 */
	public List<LiveRun> shutDown(String reason) {
		List<LiveRun> asked = this.runs.values().stream().filter((run) -> !isHandedOver(run)).toList();
		asked.forEach((run) -> cancel(run, Cancellation.SHUTDOWN, reason));
		return asked;
	}

	/**
	 * Stops the runs that other processes go on with by themselves, because the
	 * application stops.
	 * @return those runs, which are then to be {@linkplain #handOver handed over}
	 */
	public List<LiveRun> stopThoseToHandOver() {
		// the outermost first: it must not take a nested run that has stopped for a
		// failure
		List<LiveRun> stopped = this.runs.values()
			.stream()
			.filter((run) -> isHandedOver(run) && !run.cancellation().cancelled())
			.sorted(Comparator.comparingInt(this::depth))
			.toList();
		stopped.forEach((run) -> run.cancellation()
			.suspend(RunSignal.fenced(new RunHandedOverException(run.run().runId())), this.cancelling));
		return stopped;
	}

	/** Lets another process take a run at once. */
	public void handOver(LiveRun run) {
		try {
			Objects.requireNonNull(this.owners)
				.handOver(run.run().runId(), run.run().epoch(), String.valueOf(this.lease.nodeId()));
		}
		catch (RuntimeException ex) {
			logger.warn("Run '{}' could not be handed over; it is continued once the lease of this node is over",
					run.run().runId(), ex);
		}
	}

	/** A nested run goes with the run that called it. */
	private boolean isHandedOver(LiveRun run) {
		LiveRun outermost = run;
		for (LiveRun caller = caller(run); caller != null; caller = caller(caller)) {
			outermost = caller;
		}
		return this.owners != null && run.stored() && outermost.stored() && outermost.isTakenFromTheDead();
	}

	private @Nullable LiveRun caller(LiveRun run) {
		String caller = run.run().parentRunId();
		return (caller != null) ? this.runs.get(caller) : null;
	}

	private int depth(LiveRun run) {
		LiveRun caller = caller(run);
		return (caller != null) ? depth(caller) + 1 : 0;
	}

	public @Nullable LiveRun find(String runId) {
		return this.runs.get(runId);
	}

	public Collection<LiveRun> all() {
		return List.copyOf(this.runs.values());
	}

	/**
	 * Cancels a run when its time limit is reached.
	 * @return an action that removes the limit
	 */
	public Runnable cancelAfter(LiveRun run, Duration limit) {
		return cancelAfter(run.cancellation(), limit);
	}

	/**
	 * Cancels a part of a run when its time limit is reached.
	 * @return an action that removes the limit
	 */
	public Runnable cancelAfter(CancellationSource cancellation, Duration limit) {
		return cancelAfter(cancellation, limit, Cancellation.TIMEOUT,
				"it took longer than " + limit + ", which its timeout allows");
	}

	/**
	 * Cancels a run when a time is over.
	 * @return an action that removes the limit
	 */
	public Runnable cancelAfter(CancellationSource cancellation, Duration limit, String cause, String reason) {
		long millis = (limit.compareTo(LONGEST) > 0) ? LONGEST.toMillis() : limit.toMillis();
		try {
			var due = this.timer.schedule(() -> cancellation.cancel(cause, reason, this.cancelling), millis,
					TimeUnit.MILLISECONDS);
			return () -> due.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			// closed: a run that begins while the application stops has no time limit
			return () -> {
			};
		}
	}

	/** Cancels a run on another thread, since stopping it may take time. */
	private boolean cancel(LiveRun run, String cause, String reason) {
		return run.cancellation().cancel(cause, reason, this.cancelling);
	}

	/**
	 * Asks a run of this process to stop; it is stopped on another thread. If others
	 * continue the run when this process dies, the request is stored, so that they end it
	 * instead.
	 */
	public boolean cancel(LiveRun run, String reason) {
		boolean first = cancel(run, Cancellation.CANCELLED, reason);
		if (first && this.owners != null && run.stored() && run.isTakenFromTheDead()) {
			try {
				this.owners.requestCancel(run.run().runId(), reason);
			}
			catch (RuntimeException ex) {
				logger.warn("The request to cancel run '{}' could not be stored; it holds in this process only",
						run.run().runId(), ex);
			}
		}
		return first;
	}

	private void lookAfter() {
		this.renewing.start();
		this.looking.start();
	}

	private boolean isBusy() {
		return !this.runs.isEmpty() || !this.unrecorded.isEmpty() || this.strays.areExpected();
	}

	/**
	 * Looks whether a run is stored as one of this process that could not be begun here,
	 * also if this process executes no other.
	 */
	public void lookForStrays() {
		if (this.owners != null) {
			this.strays.expect();
			lookAfter();
		}
	}

	/** Repeats a failed write until it is done, unless too many are waiting already. */
	public void writeAgain(UnrecordedWrite write) {
		if (this.unrecorded.size() < MAX_UNRECORDED) {
			this.unrecorded.add(write);
			lookAfter();
		}
	}

	/**
	 * Renews the lease when that is due, beside the other checks, which may wait for a
	 * connection for longer than the lease.
	 */
	private void renew() {
		try {
			this.lease.renewWhenDue();
		}
		catch (RuntimeException ex) {
			logger.warn("This node could not tell that it lives; this is tried again in {}", this.watch.interval(), ex);
		}
	}

	/** Checks the runs once; what fails is tried again at the next check. */
	void tick() {
		try {
			abandonIdle();
			if (isBusy()) {
				this.lease.renewWhenDue(); // first, since the rest may take long
			}
			writeUnrecorded();
			if (this.owners != null && (!this.runs.isEmpty() || this.strays.areExpected())) {
				lookAtOwn(this.owners);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The runs of this node could not be looked after; this is tried again in {}",
					this.watch.interval(), ex);
		}
	}

	private void writeUnrecorded() {
		for (int left = this.unrecorded.size(); left > 0; left--) {
			UnrecordedWrite write = this.unrecorded.remove();
			UnrecordedWrite.Result result = write.attempt();
			if (result != UnrecordedWrite.Result.DONE) {
				this.unrecorded.add(write); // at the back, so that it does not block the
											// others
			}
			if (result == UnrecordedWrite.Result.FAILED) {
				return;
			}
		}
	}

	/** Stops runs that were asked to stop, and those whose record was ended by others. */
	private void lookAtOwn(RunOwners store) {
		String nodeId = Objects.requireNonNull(this.lease.nodeId());
		// before the query, which may miss runs that begin meanwhile
		List<LiveRun> stored = this.runs.values().stream().filter(LiveRun::stored).toList();
		Set<String> unfinished = new HashSet<>();
		List<OwnRun> own = store.runsOf(nodeId);
		for (OwnRun run : own) {
			unfinished.add(run.runId());
			if (run.cancelReason() != null) {
				cancel(run.runId(), run.cancelReason());
			}
		}
		stored.stream()
			.filter((run) -> !unfinished.contains(run.run().runId()) && !run.cancellation().cancelled())
			.forEach(this::stopLost);
		boolean written = this.unrecorded.isEmpty();
		for (OwnRun stray : this.strays.among(own, (run) -> !written || this.runs.containsKey(run.runId()))) {
			logger.warn("Run '{}' is recorded as one of this process, which does not execute it; it is given up",
					stray.runId());
			store.giveUp(stray.runId(), stray.epoch(), nodeId);
		}
	}

	/** Stops a run that is not stored as a run of this process any more. */
	private void stopLost(LiveRun run) {
		int epoch = run.repository().findRun(run.run().runId()).map(StoredRun::epoch).orElse(0);
		if (epoch > run.run().epoch()) {
			fence(run, "another process goes on with the run");
		}
		else {
			cancel(run, Cancellation.LOST, LOST);
		}
	}

	/** Stops an execution, which writes nothing more. */
	private void fence(LiveRun run, String reason) {
		run.cancellation()
			.suspend(RunSignal.fenced(new RunFencedException(run.run().runId(), reason)), this.cancelling);
	}

	/**
	 * Stops the runs that other processes go on with once the lease of this one is over,
	 * and leaves them to those.
	 */
	private void stopThoseThatMayBeTaken() {
		for (LiveRun run : this.runs.values()) {
			if (run.stored() && run.isTakenFromTheDead() && !run.cancellation().cancelled()) {
				fence(run, "this process was not seen for longer than its lease (buddy.node.lease), so that another"
						+ " one may go on with the run");
				writeAgain(() -> giveUp(run));
			}
		}
	}

	private UnrecordedWrite.Result giveUp(LiveRun run) {
		try {
			Objects.requireNonNull(this.owners)
				.giveUp(run.run().runId(), run.run().epoch(), String.valueOf(this.lease.nodeId()));
			return UnrecordedWrite.Result.DONE;
		}
		catch (RuntimeException ex) {
			return UnrecordedWrite.Result.FAILED;
		}
	}

	private void cancel(String runId, String reason) {
		LiveRun run = this.runs.get(runId);
		if (run == null) {
			endUnknown(runId, reason);
		}
		else if (!run.cancellation().cancelled()) {
			cancel(run, reason);
		}
	}

	/**
	 * Ends a run as cancelled that is stored as a run of this process, but is not
	 * executed by it. No other process would end it.
	 */
	public void endUnknown(String runId, String reason) {
		String nodeId = this.lease.nodeId();
		if (this.owners != null && nodeId != null) {
			this.owners.endOwn(new OwnRun(runId, reason), nodeId, cancelled(reason, this.clock.millis()));
		}
	}

	/** Creates the end of a run that was asked to stop while no process executes it. */
	public static OrphanEnd cancelled(String reason, long endedAt) {
		RunFailure failure = RunFailure.because(Cancellation.CANCELLED, reason);
		return new OrphanEnd(RunStatus.CANCELLED, StorableJson.sanitize(failure).json(), endedAt);
	}

	private void abandonIdle() {
		Duration most = this.watch.idleTimeout();
		if (most.isZero()) {
			return;
		}
		long nanos = TimeUnit.NANOSECONDS.convert(most);
		for (LiveRun run : this.runs.values()) {
			PulledStream stream = run.pulled();
			if (stream != null && stream.idleFor(nanos)) {
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
