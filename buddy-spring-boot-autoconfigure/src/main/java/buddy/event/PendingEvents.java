package buddy.event;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntToLongFunction;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponseEvent;

/**
 * A bounded queue of the events of one run that are not stored yet.
 */
final class PendingEvents {

	/** The maximum size of the queue; a single event may be larger. */
	private static final int MAX_BYTES = 2 * 1024 * 1024;

	private static final int MAX_BATCHES = 4;

	private final String runId;

	private final int epoch;

	private final int maxEvents;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<Entry> entries = new ArrayDeque<>();

	/** Whether the recorder has been notified of events to store. */
	private final AtomicBoolean announced = new AtomicBoolean();

	private long bytes;

	private long sequence;

	private long lost;

	private boolean stalled;

	private boolean closed;

	/** How often in a row the store has left the events out. */
	private int leftOut;

	private long nextTry;

	PendingEvents(String runId, int epoch, int batchSize) {
		this.runId = runId;
		this.epoch = epoch;
		this.maxEvents = MAX_BATCHES * batchSize;
	}

	String runId() {
		return this.runId;
	}

	int epoch() {
		return this.epoch;
	}

	/** Returns whether the recorder must be notified. */
	boolean announce() {
		return !this.announced.get() && this.announced.compareAndSet(false, true);
	}

	void announced() {
		this.announced.set(false);
	}

	/**
	 * Adds an event, and waits for room if the queue is full. After one timeout it does
	 * not wait again until the store has accepted an event.
	 * @return whether it was added; otherwise it is lost
	 */
	boolean add(@Nullable RunResponseEvent event, @Nullable String json, long size, long patienceNanos) {
		this.lock.lock();
		try {
			if (isFull() && !this.closed) {
				awaitRoom(patienceNanos);
			}
			if (this.closed) {
				return false;
			}
			this.sequence++;
			if (isFull()) {
				this.lost++;
				return false;
			}
			this.entries.add(new Entry(new EventPosition(this.epoch, this.sequence), event, json, size));
			this.bytes += size;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isFull() {
		return this.entries.size() >= this.maxEvents || this.bytes >= MAX_BYTES;
	}

	private void awaitRoom(long patienceNanos) {
		long left = this.stalled ? 0 : patienceNanos;
		boolean interrupted = false;
		while (isFull() && !this.closed && left > 0) {
			try {
				left = this.changed.awaitNanos(left);
			}
			catch (InterruptedException ex) {
				interrupted = true; // keep the order of events; the wait is bounded
			}
		}
		this.stalled = isFull();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Returns the first events, which stay in the queue until they are stored. */
	List<Entry> first(int most, long mostBytes) {
		this.lock.lock();
		try {
			List<Entry> first = new ArrayList<>();
			long size = 0;
			for (Entry entry : this.entries) {
				size += entry.size();
				if (first.size() == most || (size > mostBytes && !first.isEmpty())) {
					break;
				}
				first.add(entry);
			}
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Removes stored events and returns how many of them were still in the queue. */
	int stored(List<Entry> stored) {
		this.lock.lock();
		try {
			int removed = 0;
			for (Entry entry : stored) {
				if (this.entries.peek() == entry) { // else they were discarded meanwhile
					this.entries.remove();
					this.bytes -= entry.size();
					removed++;
				}
			}
			this.stalled = false;
			this.leftOut = 0;
			this.changed.signalAll();
			return removed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Sets the events aside, since the run is locked in the store.
	 * @param pause the time until the next try, by the number of tries so far
	 * @return how often in a row this has been done
	 */
	int leftOut(IntToLongFunction pause) {
		this.lock.lock();
		try {
			this.leftOut++;
			this.nextTry = System.nanoTime() + pause.applyAsLong(this.leftOut);
			return this.leftOut;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the number of events that are set aside for now. */
	int setAside() {
		this.lock.lock();
		try {
			return (this.leftOut > 0 && System.nanoTime() - this.nextTry < 0) ? this.entries.size() : 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isEmpty() {
		this.lock.lock();
		try {
			return this.entries.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Waits until all events are stored, or the store fails for too long. */
	void awaitStored(long patienceNanos) {
		this.lock.lock();
		try {
			long left = patienceNanos;
			int before = this.entries.size();
			while (!this.entries.isEmpty() && left > 0) {
				try {
					left = this.changed.awaitNanos(left);
				}
				catch (InterruptedException ex) {
					// the end of a run must be stored without interrupts
				}
				if (this.entries.size() < before) { // slow, but making progress
					before = this.entries.size();
					left = patienceNanos;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Rejects further events and waits until all are stored. Events that are not stored
	 * in time are discarded.
	 * @return the number of discarded events
	 */
	int close(long patienceNanos) {
		this.lock.lock();
		try {
			awaitStored(patienceNanos);
			this.closed = true;
			int given = this.entries.size();
			this.lost += given;
			this.entries.clear();
			this.bytes = 0;
			this.changed.signalAll();
			return given;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the number of the last event, lost or not. */
	long sequence() {
		this.lock.lock();
		try {
			return this.sequence;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the number of lost events so far. */
	long lost() {
		this.lock.lock();
		try {
			return this.lost;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * An event in the queue: the event itself, or its JSON if the event is mutable.
	 */
	record Entry(EventPosition position, @Nullable RunResponseEvent event, @Nullable String json, long size) {

		StoredEvent toStored(String runId, long maxEventSize) {
			String text = (this.json != null) ? this.json
					: EventJson.write(Objects.requireNonNull(this.event), maxEventSize);
			return new StoredEvent(runId, this.position, text);
		}

	}

}
