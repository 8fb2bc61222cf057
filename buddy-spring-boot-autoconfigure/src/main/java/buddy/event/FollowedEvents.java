package buddy.event;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import buddy.json.internal.Json;
import buddy.run.RunResponseEvent;

/**
 * The events of a run for a thread that waits for the next one.
 */
final class FollowedEvents extends AbstractSpliterator<RunResponseEvent> {

	private static final int BATCH = 100;

	private final String runId;

	private final IntFunction<List<StoredEvent>> next;

	private final BooleanSupplier ended;

	private final Semaphore more = new Semaphore(0);

	private final Deque<StoredEvent> read = new ArrayDeque<>();

	/**
	 * Creates the events of a run.
	 * @param runId the run
	 * @param next reads up to a number of events without waiting
	 * @param ended tells whether there are no more
	 */
	FollowedEvents(String runId, IntFunction<List<StoredEvent>> next, BooleanSupplier ended) {
		super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
		this.runId = runId;
		this.next = next;
		this.ended = ended;
	}

	/** Tells that there may be more events. */
	void wake() {
		this.more.release();
	}

	@Override
	public boolean tryAdvance(Consumer<? super RunResponseEvent> action) {
		while (this.read.isEmpty()) {
			this.more.drainPermits();
			this.read.addAll(this.next.apply(BATCH));
			if (this.read.isEmpty()) {
				if (this.ended.getAsBoolean()) {
					return false;
				}
				awaitMore();
			}
		}
		action.accept(RunResponseEvent.fromMap(Json.readMap(this.read.remove().event())));
		return true;
	}

	private void awaitMore() {
		try {
			this.more.acquire();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CancellationException(
					"The thread that reads the events of run '" + this.runId + "' was interrupted");
		}
	}

}
