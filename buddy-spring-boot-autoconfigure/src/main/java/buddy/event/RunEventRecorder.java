package buddy.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import buddy.event.PendingEvents.Entry;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunPaused;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;

/**
 * Stores the events of runs in batches on its own thread, and notifies the streams that
 * follow the runs.
 *
 * <p>
 * A run that is faster than the store waits for it. Failed writes are retried. If the
 * store fails for too long, the run continues, and readers get an event that reports the
 * missing ones. The end of a run is stored after its events.
 */
public final class RunEventRecorder implements RunEventListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RunEventRecorder.class);

	private static final long MAX_BATCH_BYTES = 4 * 1024 * 1024;

	private static final long LONGEST_PAUSE_MILLIS = 1000;

	private static final int TRIES_UNTIL_WARNING = 6;

	private static final int THREAD_IDLE_SECONDS = 5;

	private final RunEventStore store;

	private final RunEventStreams streams;

	private final RecordingOptions options;

	private final Predicate<String> workflows;

	private final Map<String, PendingEvents> runs = new ConcurrentHashMap<>();

	private final Queue<PendingEvents> announced = new ConcurrentLinkedQueue<>();

	/** The number of pending events of all runs. */
	private final AtomicInteger waiting = new AtomicInteger();

	/** The number of pending events of runs that are locked in the store. */
	private final AtomicInteger setAside = new AtomicInteger();

	/** The number of runs that wait for their last events to be stored. */
	private final AtomicInteger ending = new AtomicInteger();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final AtomicBoolean urgent = new AtomicBoolean();

	private final ReentrantLock flushing = new ReentrantLock();

	private final ScheduledThreadPoolExecutor timer;

	private int failures;

	private volatile boolean used;

	/**
	 * Creates a recorder.
	 * @param store the store
	 * @param streams the streams that follow runs
	 * @param options the options
	 * @param workflows whether to store the events of a workflow, by its id
	 */
	public RunEventRecorder(RunEventStore store, RunEventStreams streams, RecordingOptions options,
			Predicate<String> workflows) {
		this.store = store;
		this.streams = streams;
		this.options = options;
		this.workflows = workflows;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-events-");
		threads.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threads);
		this.timer.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public void onEvent(RunContext run, RunResponseEvent event) {
		if (event instanceof WorkflowStarted started) {
			if (run.isRecorded() && run.epoch() == 0) {
				this.streams.begun(run.runId(), started);
			}
		}
		else if (event instanceof WorkflowCompleted || event instanceof WorkflowError
				|| event instanceof WorkflowCancelled) {
			PendingEvents pending = find(run);
			if (pending != null) {
				this.runs.remove(run.runId(), pending);
			}
			this.streams.ended(run.runId());
		}
		else if (run.isRecorded() && this.workflows.test(run.workflowId())) {
			add(run, event);
		}
		if (event instanceof RunPaused paused && isPauseOfRun(run, paused)) {
			// this execution is over: another one goes on, maybe elsewhere
			beforeEnd(run);
			onFenced(run);
		}
	}

	/** An agent's pause, or an event that code has made, is only an event. */
	private static boolean isPauseOfRun(RunContext run, RunPaused event) {
		return event.header().agentId() == null && (event.waitsFor() != null || run.payloads().areFiltered());
	}

	@Override
	public void onFenced(RunContext run) {
		this.runs.computeIfPresent(run.runId(), (id, pending) -> (pending.epoch() > run.epoch()) ? pending : null);
		this.streams.left(run.runId());
	}

	@Override
	public void onText(RunContext run, RunResponseContent piece) {
		onEvent(run, piece);
	}

	/**
	 * Finds the pending events of an execution of a run. An earlier execution that has
	 * not noticed that it is over has none any more.
	 */
	private @Nullable PendingEvents find(RunContext run) {
		PendingEvents pending = this.runs.get(run.runId());
		return (pending != null && pending.epoch() == run.epoch()) ? pending : null;
	}

	private void add(RunContext run, RunResponseEvent event) {
		PendingEvents pending = find(run);
		if (pending == null) {
			pending = this.runs.compute(run.runId(), (runId, known) -> (known != null && known.epoch() >= run.epoch())
					? known : new PendingEvents(runId, run.epoch(), this.options.batchSize()));
			if (pending.epoch() != run.epoch()) {
				return; // the run goes on in a later execution
			}
			if (!run.isRecorded()) { // it has ended meanwhile
				this.runs.remove(run.runId(), pending);
				return;
			}
		}
		boolean unchanging = EventJson.isUnchanging(event);
		String json = unchanging ? null : EventJson.write(event, this.options.maxEventSize());
		long size = (json != null) ? json.length() : EventJson.size(event);
		if (pending.add(unchanging ? event : null, json, size, this.options.patience().toNanos())) {
			int now = this.waiting.incrementAndGet();
			if (pending.announce()) {
				this.announced.add(pending);
			}
			if (now - this.setAside.get() >= this.options.batchSize()) {
				flushSoon();
			}
			else {
				flushLater(this.options.flushInterval().toMillis());
			}
		}
		else if (pending.lost() == 1) {
			logger.warn("The event store is too slow for run '{}' of workflow '{}', or fails;"
					+ " events are lost, which is reported to their readers", run.runId(), run.workflowId());
		}
	}

	@Override
	public long lastEvent(RunContext run) {
		PendingEvents pending = find(run);
		return (pending != null) ? pending.sequence() : 0;
	}

	/** Stores the run's events before its pause, which is told after it. */
	@Override
	public void beforePause(RunContext run) {
		PendingEvents pending = find(run);
		if (pending == null || pending.isEmpty()) {
			return;
		}
		this.ending.incrementAndGet();
		try {
			flushSoon();
			pending.awaitStored(this.options.patience().toNanos());
		}
		finally {
			this.ending.decrementAndGet();
		}
	}

	/** Stores the run's last events before its end. */
	@Override
	public long beforeEnd(RunContext run) {
		PendingEvents pending = find(run);
		if (pending == null) {
			return 0;
		}
		this.ending.incrementAndGet();
		try {
			if (!pending.isEmpty()) {
				flushSoon();
			}
			int given = pending.close(this.options.patience().toNanos());
			if (given > 0) {
				this.waiting.addAndGet(-given);
				logger.warn(
						"The last {} events of run '{}' of workflow '{}' could not be stored within {};"
								+ " they are lost, which is reported to their readers",
						given, run.runId(), run.workflowId(), this.options.patience());
			}
		}
		finally {
			this.ending.decrementAndGet();
		}
		return pending.sequence();
	}

	/**
	 * Returns whether this recorder has stored any events.
	 * @return whether events were stored
	 */
	public boolean used() {
		return this.used;
	}

	private void flushLater(long millis) {
		if (!this.scheduled.get() && this.scheduled.compareAndSet(false, true)) {
			try {
				this.timer.schedule(this::flush, millis, TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				flush(); // closed: the application stops
			}
		}
	}

	private void flushSoon() {
		if (!this.urgent.get() && this.urgent.compareAndSet(false, true)) {
			try {
				this.timer.execute(this::flush);
			}
			catch (RejectedExecutionException ex) {
				flush();
			}
		}
	}

	private void flush() {
		this.flushing.lock();
		try {
			this.scheduled.set(false);
			boolean stored;
			do {
				this.urgent.set(false);
				stored = storeBatch();
				this.failures = 0;
			}
			while (stored && (this.waiting.get() - this.setAside.get() >= this.options.batchSize()
					|| (this.ending.get() > 0 && this.waiting.get() > 0)));
			if (this.waiting.get() > 0) {
				flushLater(this.options.flushInterval().toMillis());
			}
		}
		catch (RuntimeException ex) {
			this.urgent.set(false);
			again(ex);
		}
		finally {
			this.flushing.unlock();
		}
	}

	private void again(RuntimeException ex) {
		this.failures++;
		if (this.failures == 1) {
			logger.warn("Events of runs could not be stored; the write is retried", ex);
		}
		else {
			logger.debug("Events of runs could not be stored for the {}th time", this.failures, ex);
		}
		if (!this.timer.isShutdown()) {
			flushLater(pauseMillis(this.failures));
		}
	}

	private long pauseMillis(int failures) {
		return Math.min(this.options.flushInterval().toMillis() << Math.min(failures, 10), LONGEST_PAUSE_MILLIS);
	}

	/**
	 * Stores a batch. What was not stored is taken again, in the same order, the next
	 * time.
	 * @return whether anything was stored
	 */
	private boolean storeBatch() {
		Map<PendingEvents, List<Entry>> taken = take();
		List<StoredEvent> batch = new ArrayList<>();
		taken.forEach((run, entries) -> entries
			.forEach((entry) -> batch.add(entry.toStored(run.runId(), this.options.maxEventSize()))));
		if (batch.isEmpty()) {
			return false;
		}
		Set<String> leftOut = this.store.append(batch);
		this.used = true;
		boolean stored = false;
		for (Map.Entry<PendingEvents, List<Entry>> one : taken.entrySet()) {
			PendingEvents run = one.getKey();
			if (leftOut.contains(run.runId())) {
				setAside(run);
			}
			else {
				this.waiting.addAndGet(-run.stored(one.getValue()));
				this.streams.stored(run.runId());
				stored = true;
			}
		}
		return stored;
	}

	/** Lets the others go first for a while. */
	private void setAside(PendingEvents run) {
		int tries = run.leftOut((failures) -> TimeUnit.MILLISECONDS.toNanos(pauseMillis(failures - 1)));
		this.setAside.addAndGet(run.setAside());
		if (tries == TRIES_UNTIL_WARNING) {
			logger.warn("Events of run '{}' wait to be stored, since a transaction has locked the run;"
					+ " look for one that is open for long", run.runId());
		}
	}

	private Map<PendingEvents, List<Entry>> take() {
		Map<PendingEvents, List<Entry>> taken = new LinkedHashMap<>();
		int room = this.options.batchSize();
		long bytes = MAX_BATCH_BYTES;
		this.setAside.set(0);
		for (int runs = this.announced.size(); runs > 0 && room > 0 && bytes > 0; runs--) {
			PendingEvents run = this.announced.remove();
			int aside = this.timer.isShutdown() ? 0 : run.setAside();
			if (aside > 0) {
				this.setAside.addAndGet(aside);
				this.announced.add(run);
				continue;
			}
			run.announced();
			List<Entry> first = run.first(room, bytes);
			if (first.isEmpty()) {
				continue;
			}
			// to the back of the queue, so that all runs are served in turn
			if (run.announce()) {
				this.announced.add(run);
			}
			taken.put(run, first);
			room -= first.size();
			bytes -= first.stream().mapToLong(Entry::size).sum();
		}
		return taken;
	}

	/**
	 * Stores the pending events, with one attempt.
	 */
	@Override
	public void close() {
		this.timer.shutdown();
		flush();
	}

}
