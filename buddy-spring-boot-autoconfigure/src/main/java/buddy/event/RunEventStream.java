package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.RunStatus;
import buddy.storage.StoredRun;

/**
 * The events of one run for one reader, who reads them at its own pace: first the stored
 * events, then new ones until the run has ended.
 *
 * <p>
 * {@link #next} never waits for an event. After it has returned none, the reader is
 * notified when there may be more.
 */
public final class RunEventStream implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RunEventStream.class);

	private static final Runnable NOBODY = () -> {
	};

	private static final long NOT_KNOWN = -1;

	private final RunEventStreams streams;

	private final String runId;

	/** Counts changes that could affect the result of {@link #next}. */
	private final AtomicLong signals = new AtomicLong();

	private final AtomicBoolean waiting = new AtomicBoolean();

	private volatile Runnable wake = NOBODY;

	private volatile long idleNanos = Long.MAX_VALUE;

	private volatile long waitingSince;

	private volatile long pausedMost = Long.MAX_VALUE;

	/** Since when the run is paused at {@link #pausedAt}. */
	private long pausedSince;

	private @Nullable EventPosition pausedAt;

	/** The position of the last event that was returned. */
	private volatile EventPosition position = EventPosition.START;

	private volatile boolean started;

	/** Whether the run seems to have ended. */
	private volatile boolean runOver;

	private volatile boolean ended;

	/**
	 * Whether the position is that of an event that was read, rather than one given by
	 * the reader.
	 */
	private boolean read;

	private boolean failed;

	/**
	 * The first event, from the run as it was when the stream was opened; until it is
	 * returned.
	 */
	private @Nullable StoredEvent first;

	/** The live events of a run of this process. */
	private volatile @Nullable LiveEvents live;

	/**
	 * The number of batches of live events that have been read, or negative if it is not
	 * known.
	 */
	private volatile long batchesRead = NOT_KNOWN;

	RunEventStream(RunEventStreams streams, String runId) {
		this.streams = streams;
		this.runId = runId;
	}

	/**
	 * Begins after a position. A position after the last event ends the stream
	 * immediately.
	 */
	void begin(@Nullable EventPosition after) {
		LiveEvents known = this.streams.findLive(this.runId);
		this.live = known;
		if (known != null && after == null) {
			// the client that started a run here does not wait for a query of its row
			this.first = DerivedEvents.started(this.runId, known.first());
			this.read = true;
			this.batchesRead = 0;
			return;
		}
		StoredRun run = this.streams.findRun(this.runId);
		if (run == null) {
			this.ended = true;
			return;
		}
		this.runOver = run.status().isTerminal();
		this.read = after == null;
		if (after != null) {
			this.started = true;
			this.position = after;
			this.ended = this.runOver && after.compareTo(this.streams.last(run).next()) >= 0;
		}
		else if (this.streams.hasBegun(run)) {
			this.first = DerivedEvents.started(run);
		}
	}

	/**
	 * Returns the id of the run.
	 * @return the run id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns whether there are no more events: the last one was returned, the run was
	 * deleted or is paused for long, or the application stops.
	 * @return whether the stream has ended
	 */
	public boolean ended() {
		return this.ended;
	}

	/**
	 * Sets the callback for when there may be more events after {@link #next} has
	 * returned none. It is called once each time, on a thread that may read from the
	 * store.
	 * @param idle the time after which it is called even without a new event
	 * @param wake the callback
	 */
	public void follow(Duration idle, Runnable wake) {
		this.idleNanos = idle.toNanos();
		this.wake = wake;
	}

	/**
	 * Lets the stream end without the last event of the run once the run has been paused
	 * for a time, so that a reader does not wait for a person for ever. The reader can
	 * come back with the position that it has.
	 * @param time the time, which begins when the pause is noticed
	 * @return this stream
	 */
	public RunEventStream endIfPausedFor(Duration time) {
		this.pausedMost = TimeUnit.NANOSECONDS.convert(time);
		return this;
	}

	/**
	 * Returns the next events, in order. It reads from the store, but does not wait for
	 * events. It must not be called by several threads at once.
	 * @param max the approximate maximum number of events
	 * @return the events; empty if there are none for now, or the stream has ended
	 */
	public synchronized List<StoredEvent> next(int max) {
		while (!this.ended) {
			long before = this.signals.get();
			List<StoredEvent> found = readOrRetry(max);
			if (!found.isEmpty() || this.ended) {
				return found;
			}
			this.waitingSince = System.nanoTime();
			this.waiting.set(true);
			this.streams.waits(this);
			boolean missedSignal = this.signals.get() != before || this.ended;
			if (!missedSignal || !this.waiting.compareAndSet(true, false)) {
				return found;
			}
		}
		return List.of();
	}

	/** Reads the next events, and retries later if the store fails. */
	private List<StoredEvent> readOrRetry(int max) {
		List<StoredEvent> found = new ArrayList<>();
		try {
			look(found, max);
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The events of run '{}' could not be read; the read is retried", this.runId, ex);
			}
			this.failed = true;
		}
		return found;
	}

	private void look(List<StoredEvent> found, int max) {
		// checked before the read: once a run has ended, all its events are stored
		boolean over = this.runOver;
		if (!this.started) {
			start(found); // returned alone, so that it does not wait for another read
			return;
		}
		LiveEvents known = this.live;
		long batches = (known != null) ? known.batches() : NOT_KNOWN;
		if (known != null && batches == this.batchesRead && !over) {
			return; // nothing was stored since then
		}
		if (read(found, max) < max) {
			this.batchesRead = batches;
			if (over) {
				finish(found, max);
			}
		}
	}

	private int read(List<StoredEvent> found, int max) {
		List<StoredEvent> stored = this.streams.read(this.runId, this.position, max);
		for (StoredEvent event : stored) {
			if (event.position().epoch() > this.position.epoch()) {
				addLost(found, DerivedEvents.validUntil(event));
			}
			addMissing(found, event.position());
			found.add(event);
			this.position = event.position();
			this.read = true;
		}
		return stored.size();
	}

	private void start(List<StoredEvent> events) {
		StoredEvent known = this.first;
		if (known != null) {
			this.first = null;
			events.add(known);
			this.started = true;
			return;
		}
		StoredRun run = this.streams.findRun(this.runId);
		if (run == null) {
			this.ended = true;
		}
		else if (this.streams.hasBegun(run)) {
			events.add(DerivedEvents.started(run));
			this.started = true;
		}
	}

	private void finish(List<StoredEvent> found, int max) {
		StoredRun run = this.streams.findRun(this.runId);
		if (run == null) {
			this.ended = true;
			return;
		}
		if (!run.status().isTerminal()) {
			this.runOver = false; // its end could not be stored
			return;
		}
		EventPosition end = end(run).next();
		if (this.position.compareTo(end) < 0) {
			if (isGap(end) && read(found, max) > 0) {
				return; // the run went on and has ended again since the last read
			}
			addMissing(found, end);
		}
		found.add(DerivedEvents.terminal(run, end));
		this.position = end;
		this.ended = true;
	}

	/**
	 * Returns the position of the last stored event, which a position given by the reader
	 * cannot prove.
	 */
	private EventPosition end(StoredRun run) {
		boolean known = run.lastEvent() == null && this.read && this.position.epoch() == run.epoch();
		EventPosition last = known ? this.position : this.streams.last(run);
		return (this.read && last.compareTo(this.position) < 0) ? this.position : last;
	}

	/**
	 * Adds the event for missing ones: events are stored in order, so a gap will not be
	 * filled.
	 */
	private void addMissing(List<StoredEvent> found, EventPosition next) {
		if (isGap(next)) {
			found.add(DerivedEvents.missing(this.runId, expected(next),
					new EventPosition(next.epoch(), next.sequence() - 1)));
		}
	}

	/**
	 * Adds the event for those that were lost with their process, and are not told again
	 * since the steps after them are recorded.
	 */
	private void addLost(List<StoredEvent> found, @Nullable EventPosition last) {
		if (last != null && this.position.compareTo(last) < 0) {
			addMissing(found, last.next());
			this.position = last;
		}
	}

	private boolean isGap(EventPosition next) {
		return expected(next).compareTo(next) < 0;
	}

	/** Returns the position that comes first, of those of the same execution. */
	private EventPosition expected(EventPosition next) {
		return (next.epoch() == this.position.epoch()) ? this.position.next() : new EventPosition(next.epoch(), 1);
	}

	boolean isWaiting() {
		return this.waiting.get();
	}

	/** Signals that there may be more events. */
	void signal() {
		this.signals.incrementAndGet();
		if (this.waiting.compareAndSet(true, false)) {
			this.streams.wakes(this, this.wake);
		}
	}

	/** Called when another execution of the run has begun. */
	void runLeft() {
		this.live = null;
		this.batchesRead = NOT_KNOWN;
		signal();
	}

	/** Signals that the run has ended in this process. */
	void runOver() {
		this.runOver = true;
		signal();
	}

	/** Compares the position with the head of the run. */
	void seen(@Nullable RunHead head) {
		if (head == null) {
			cut();
			return;
		}
		EventPosition last = head.last();
		if (head.status().isTerminal()) {
			runOver();
		}
		else if (last != null && last.compareTo(this.position) > 0) {
			this.batchesRead = NOT_KNOWN; // another process may have stored them
			signal();
		}
		else if (!this.started && this.streams.hasBegun(head.status())) {
			signal();
		}
		else if (isPausedForLong(head)) {
			cut();
		}
	}

	/** Only the thread that polls looks at this. */
	private boolean isPausedForLong(RunHead head) {
		if (head.status() != RunStatus.PAUSED) {
			this.pausedAt = null;
			return false;
		}
		long now = System.nanoTime();
		if (!this.position.equals(this.pausedAt)) {
			this.pausedAt = this.position;
			this.pausedSince = now;
		}
		return now - this.pausedSince >= this.pausedMost;
	}

	void wakeWhenIdle(long nanoTime) {
		if (nanoTime - this.waitingSince >= this.idleNanos) {
			signal();
		}
	}

	/** Ends the stream without the last event of the run. */
	void cut() {
		this.ended = true;
		signal();
	}

	/**
	 * Stops following the run.
	 */
	@Override
	public void close() {
		this.ended = true;
		this.waiting.set(false);
		this.streams.closed(this);
	}

}
