package buddy.workflow.internal.execution;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponseEvent;

/**
 * What a run's caller has not taken yet: items, which the caller asked for, and the
 * events that the body emitted beside them, of which only so many wait.
 */
public final class StreamBuffer {

	/** A body may emit far faster than its caller takes. */
	public static final int MAX_EMITTED = 1024;

	private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

	private final AtomicInteger emitted = new AtomicInteger();

	/** Takes an item of the body's. */
	public void add(@Nullable Object item) {
		this.entries.add(new Entry(item, Origin.ITEM));
	}

	/** Takes an event of the run itself. */
	public void frame(@Nullable Object event) {
		this.entries.add(new Entry(event, Origin.FRAME));
	}

	/** Takes an emitted event, unless too many wait already. */
	public boolean emit(RunResponseEvent event) {
		if (this.emitted.incrementAndGet() > MAX_EMITTED) {
			this.emitted.decrementAndGet();
			return false;
		}
		this.entries.add(new Entry(event, Origin.EMITTED));
		return true;
	}

	public @Nullable Entry poll() {
		Entry entry = this.entries.poll();
		if (entry != null && entry.origin() == Origin.EMITTED) {
			this.emitted.decrementAndGet();
		}
		return entry;
	}

	public boolean isEmpty() {
		return this.entries.isEmpty();
	}

	public void clear() {
		while (poll() != null) {
			continue;
		}
	}

	/**
	 * Where an entry comes from.
	 */
	public enum Origin {

		ITEM, EMITTED, FRAME

	}

	/**
	 * What waits.
	 *
	 * @param value the item, which may be null, or the event
	 * @param origin where it comes from
	 */
	public record Entry(@Nullable Object value, Origin origin) {
	}

}
