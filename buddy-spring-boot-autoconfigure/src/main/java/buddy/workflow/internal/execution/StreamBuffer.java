package buddy.workflow.internal.execution;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponseEvent;

/**
 * Buffers the items and events that the caller of a run has not consumed yet. Items were
 * requested by the caller; the number of events that the body emits in addition is
 * limited.
 */
public final class StreamBuffer {

	/**
	 * The maximum number of emitted events that wait, as a body may emit faster than its
	 * caller reads.
	 */
	public static final int MAX_EMITTED = 1024;

	private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

	private final AtomicInteger emitted = new AtomicInteger();

	/** Adds an item of the body. */
	public void add(@Nullable Object item) {
		this.entries.add(new Entry(item, Origin.ITEM));
	}

	/** Adds an event of the run itself. */
	public void frame(@Nullable Object event) {
		this.entries.add(new Entry(event, Origin.FRAME));
	}

	/** Adds an emitted event, and returns whether there was room for it. */
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
	 * The origin of an entry.
	 */
	public enum Origin {

		ITEM, EMITTED, FRAME

	}

	/**
	 * A buffered item or event.
	 *
	 * @param value the item, which may be null, or the event
	 * @param origin the origin of the value
	 */
	public record Entry(@Nullable Object value, Origin origin) {
	}

}
