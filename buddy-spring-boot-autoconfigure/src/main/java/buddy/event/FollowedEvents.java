package buddy.event;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

import buddy.json.internal.Json;
import buddy.run.RunResponseEvent;

/**
 * The events of a run for a thread that waits for the next one.
 */
final class FollowedEvents extends AbstractSpliterator<RunResponseEvent> {

	private static final int BATCH = 100;

	/** Nothing has to be sent to a reader meanwhile. */
	private static final Duration IDLE = Duration.ofDays(1);

	private final RunEventStream stream;

	private final Semaphore more = new Semaphore(0);

	private final Deque<StoredEvent> read = new ArrayDeque<>();

	FollowedEvents(RunEventStream stream) {
		super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
		this.stream = stream;
		stream.follow(IDLE, this.more::release);
	}

	@Override
	public boolean tryAdvance(Consumer<? super RunResponseEvent> action) {
		while (this.read.isEmpty()) {
			this.more.drainPermits();
			this.read.addAll(this.stream.next(BATCH));
			if (this.read.isEmpty()) {
				if (this.stream.ended()) {
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
					"The thread that reads the events of run '" + this.stream.runId() + "' was interrupted");
		}
	}

}
