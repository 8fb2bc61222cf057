package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.storage.StoredRun;

/**
 * The events of one run for one reader, who takes them at its own pace: those that are
 * stored, then the new ones, until the run has ended.
 *
 * <p>
 * {@link #next} never waits for an event. Once it gave none, the reader is woken up when
 * there may be more.
 */
public final class RunEventStream implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RunEventStream.class);

	private static final Runnable NOBODY = () -> {
	};

	private static final long NOT_KNOWN = -1;

	private final RunEventStreams streams;

	private final String runId;

	/** Counts what could have changed the answer of {@link #next}. */
	private final AtomicLong signals = new AtomicLong();

	private final AtomicBoolean waiting = new AtomicBoolean();

	private volatile Runnable wake = NOBODY;

	private volatile long idleNanos = Long.MAX_VALUE;

	private volatile long waitingSince;

	/** What was handed out last. */
	private volatile EventPosition position = EventPosition.START;

	private volatile boolean started;

	/** Whether the run seems to have ended. */
	private volatile boolean runOver;

	private volatile boolean ended;

	/** Whether the position is that of an event, not one that the reader gave. */
	private boolean read;

	private boolean failed;

	/** What was known of the run when the stream was opened, until its first event. */
	private @Nullable StoredEvent first;

	/** Tells of a run of this process when there is something to read. */
	private @Nullable LiveEvents live;

	/**
	 * How many batches of the live events have been read; below zero, that must be seen.
	 */
	private volatile long batchesRead = NOT_KNOWN;

	RunEventStream(RunEventStreams streams, String runId) {
		this.streams = streams;
		this.runId = runId;
	}

	/** Begins after a position; one after the last event ends the stream at once. */
	void begin(@Nullable EventPosition after) {
		LiveEvents known = this.streams.findLive(this.runId);
		this.live = known;
		if (known != null && after == null) {
			// who starts a run of this process waits for no look at its row
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
		else if (this.streams.hasBegun(run.status())) {
			this.first = DerivedEvents.started(run);
		}
	}

	/**
	 * Returns the run that is followed.
	 * @return its id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Tells whether there will be no more events: the last one was handed out, or the run
	 * is gone, or the application stops.
	 * @return whether the stream has ended
	 */
	public boolean ended() {
		return this.ended;
	}

	/**
	 * Sets what is called when there may be more events after {@link #next} gave none,
	 * once each time, on a thread that may read from the store.
	 * @param idle after which time it is called even without a new event
	 * @param wake is called
	 */
	public void follow(Duration idle, Runnable wake) {
		this.idleNanos = idle.toNanos();
		this.wake = wake;
	}

	/**
	 * Returns the next events, in their order. It reads from the store, but waits for
	 * nothing; one thread at a time may call it.
	 * @param max about how many at the most
	 * @return the events; none if there are none for now, or the stream has ended
	 */
	public synchronized List<StoredEvent> next(int max) {
		while (!this.ended) {
			long before = this.signals.get();
			List<StoredEvent> found = lookOrWait(max);
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

	/** A store that fails is asked again when it answers. */
	private List<StoredEvent> lookOrWait(int max) {
		List<StoredEvent> found = new ArrayList<>();
		try {
			look(found, max);
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The events of run '{}' could not be read; this is tried again", this.runId, ex);
			}
			this.failed = true;
		}
		return found;
	}

	private void look(List<StoredEvent> found, int max) {
		// before the read: of a run that has ended, all events are stored
		boolean over = this.runOver;
		if (!this.started) {
			start(found); // alone, so that it waits for no further read
			return;
		}
		LiveEvents known = this.live;
		long batches = (known != null) ? known.batches() : NOT_KNOWN;
		if (known != null && batches == this.batchesRead && !over) {
			return; // nothing was stored since
		}
		List<StoredEvent> stored = this.streams.read(this.runId, this.position, max);
		for (StoredEvent event : stored) {
			tellMissing(found, event.position());
			found.add(event);
			this.position = event.position();
			this.read = true;
		}
		if (stored.size() < max) {
			this.batchesRead = batches;
			if (over) {
				finish(found);
			}
		}
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
		else if (this.streams.hasBegun(run.status())) {
			events.add(DerivedEvents.started(run));
			this.started = true;
		}
	}

	private void finish(List<StoredEvent> found) {
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
			tellMissing(found, end);
		}
		found.add(DerivedEvents.terminal(run, end));
		this.position = end;
		this.ended = true;
	}

	/** The last event before the very last; a position that a reader gave proves none. */
	private EventPosition end(StoredRun run) {
		EventPosition last = (run.lastEvent() == null && this.read) ? this.position : this.streams.last(run);
		return (this.read && last.compareTo(this.position) < 0) ? this.position : last;
	}

	/** Events are stored in order, so that what is not there by now never will be. */
	private void tellMissing(List<StoredEvent> found, EventPosition next) {
		EventPosition expected = (next.epoch() == this.position.epoch()) ? this.position.next()
				: new EventPosition(next.epoch(), 1);
		if (expected.compareTo(next) < 0) {
			found
				.add(DerivedEvents.missing(this.runId, expected, new EventPosition(next.epoch(), next.sequence() - 1)));
		}
	}

	boolean isWaiting() {
		return this.waiting.get();
	}

	/** There may be more. */
	void signal() {
		this.signals.incrementAndGet();
		if (this.waiting.compareAndSet(true, false)) {
			this.streams.wakes(this, this.wake);
		}
	}

	/** The run has ended in this process. */
	void runOver() {
		this.runOver = true;
		signal();
	}

	/** Takes notice of how far the run has come. */
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
	}

	void wakeWhenIdle(long nanoTime) {
		if (nanoTime - this.waitingSince >= this.idleNanos) {
			signal();
		}
	}

	/** Ends the stream without a last event. */
	void cut() {
		this.ended = true;
		signal();
	}

	/**
	 * Follows the run no longer.
	 */
	@Override
	public void close() {
		this.ended = true;
		this.waiting.set(false);
		this.streams.closed(this);
	}

}
