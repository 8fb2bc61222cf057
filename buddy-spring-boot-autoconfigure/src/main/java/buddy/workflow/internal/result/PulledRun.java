package buddy.workflow.internal.result;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.run.Cancellation;
import buddy.run.RunPausedException;
import buddy.workflow.internal.execution.LifecycleEvents;
import buddy.workflow.internal.execution.Rethrow;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.execution.RunStarter;
import buddy.workflow.internal.execution.StreamBuffer;
import buddy.workflow.internal.live.PulledStream;

/**
 * Iterates over the items of one run, pulled by its caller. Closing it before the last
 * item cancels the run.
 *
 * <p>
 * Only one thread pulls at a time. Other threads end the run between two pulls, or leave
 * that to the pull in progress.
 */
final class PulledRun implements Iterator<@Nullable Object>, AutoCloseable, PulledStream {

	private final RunStarter starter;

	private final RunBody body;

	private final boolean lifecycle;

	private final StreamBuffer buffer = new StreamBuffer();

	/** Held while a thread pulls or ends the run. */
	private final ReentrantLock busy = new ReentrantLock();

	private volatile @Nullable RunExecution run;

	private @Nullable Object source;

	private @Nullable Iterator<@Nullable Object> items;

	/** The next item to return, if there is one; those of the buffer follow it. */
	private @Nullable Object current;

	private boolean filled;

	/** The exception to throw to the caller after the last item. */
	private @Nullable Throwable failure;

	private Runnable forget = () -> {
	};

	private volatile boolean stopping;

	private volatile boolean done;

	private volatile int pulls;

	/** The number of pulls last seen by {@link #idleFor}, and when it was first seen. */
	private int pullsSeen = -1;

	private long seenAt;

	PulledRun(RunStarter starter, RunBody body, boolean lifecycle) {
		this.starter = starter;
		this.body = body;
		this.lifecycle = lifecycle;
	}

	@Override
	public boolean hasNext() {
		return this.filled || fill();
	}

	@Override
	public @Nullable Object next() {
		if (!hasNext()) {
			throw new NoSuchElementException("The run has no more items");
		}
		Object item = this.current;
		this.current = null;
		this.filled = false;
		return item;
	}

	/** Passes the next item to the action, and returns whether there was one. */
	boolean advance(Consumer<@Nullable Object> action) {
		boolean more = hasNext();
		if (more) {
			action.accept(next());
		}
		return more;
	}

	@Override
	public void close() {
		String reason = "the caller closed the stream";
		if (this.busy.isHeldByCurrentThread() || !this.busy.tryLock()) {
			cancel(Cancellation.CANCELLED, reason);
			return;
		}
		try {
			this.filled = false;
			this.current = null;
			this.failure = null;
			if (!this.done) {
				this.done = true;
				end((ended) -> ended.cancelled(reason));
			}
			this.buffer.clear();
		}
		finally {
			this.busy.unlock();
		}
	}

	/** Reads the time only when called, not at every pull. */
	@Override
	public synchronized boolean idleFor(long nanos) {
		if (this.run == null || this.done || this.busy.isLocked()) {
			return false;
		}
		if (this.pulls != this.pullsSeen) {
			this.pullsSeen = this.pulls;
			this.seenAt = System.nanoTime();
		}
		return System.nanoTime() - this.seenAt >= nanos;
	}

	@Override
	public void abandon(String reason) {
		cancel(Cancellation.ABANDONED, reason);
		stop();
	}

	private void cancel(String cause, String reason) {
		RunExecution begun = this.run;
		if (begun != null && !this.done) {
			begun.cancellation().cancel(cause, reason);
		}
	}

	/** Ends a run that was asked to stop; a pull in progress does so when it finishes. */
	private void stop() {
		this.stopping = true;
		if (this.busy.isHeldByCurrentThread() || !this.busy.tryLock()) {
			return;
		}
		try {
			RunExecution begun = this.run;
			if (!this.done && begun != null) {
				fail(begun, begun.cancelledException());
			}
		}
		finally {
			this.busy.unlock();
		}
	}

	/**
	 * Fetches the next item. Waits for a thread that ends the run, so that the caller is
	 * notified of the end.
	 */
	private boolean fill() {
		this.busy.lock();
		try {
			while (!take()) {
				if (this.failure != null) {
					Throwable thrown = this.failure;
					this.failure = null;
					throw Rethrow.raise(thrown);
				}
				if (this.done) {
					return false;
				}
				pull();
			}
			return true;
		}
		finally {
			this.pulls = this.pulls + 1; // within the lock
			this.busy.unlock();
			if (this.stopping && !this.done) {
				stop();
			}
		}
	}

	private boolean take() {
		if (!this.filled) {
			StreamBuffer.Entry entry = this.buffer.poll();
			if (entry != null) {
				this.current = entry.value();
				this.filled = true;
			}
		}
		return this.filled;
	}

	private void pull() {
		RunExecution begun = (this.run != null) ? this.run : begin();
		try {
			begun.inContext(() -> {
				advance(begun);
				return null;
			});
			if (this.stopping) {
				throw begun.cancelledException();
			}
			if (this.done) {
				end(RunExecution::completedStream);
				frame(begun, null);
			}
		}
		catch (Throwable ex) {
			fail(begun, ex);
		}
	}

	private RunExecution begin() {
		RunExecution begun;
		try {
			begun = this.starter.begin();
		}
		catch (Throwable ex) {
			this.done = true;
			throw ex;
		}
		this.run = begun;
		if (this.lifecycle) {
			begun.streamEvents(this.buffer::emit);
			this.buffer.frame(begun.started());
		}
		begun.pulledBy(this);
		this.forget = begun.cancellation().onCancel(this::stop);
		return begun;
	}

	/** Fetches the next item of the body, or marks the end if there is none. */
	private void advance(RunExecution begun) throws Throwable {
		if (this.stopping) {
			return;
		}
		Iterator<@Nullable Object> from = this.items;
		if (from == null) {
			this.source = this.body.call();
			from = iterator(this.source);
			this.items = from;
		}
		if (!from.hasNext()) {
			this.done = true;
			return;
		}
		Object item = from.next();
		Object taken = begun.taken(item);
		if (this.lifecycle && LifecycleEvents.frames(item)) {
			return;
		}
		if (this.buffer.isEmpty() && !this.filled) {
			this.current = taken;
			this.filled = true;
		}
		else {
			this.buffer.add(taken);
		}
	}

	private void fail(RunExecution begun, Throwable cause) {
		this.done = true;
		Throwable[] told = { cause };
		end((ended) -> told[0] = ended.failed(cause));
		frame(begun, told[0]);
		// the last event tells of a pause, where there are events
		this.failure = (this.lifecycle && told[0] instanceof RunPausedException) ? null : told[0];
	}

	/** Ends the run after closing the source, which must not change how the run ends. */
	private void end(Consumer<RunExecution> outcome) {
		RunExecution begun = this.run;
		if (begun == null) {
			return;
		}
		this.forget.run();
		Object closeable = this.source;
		this.source = null;
		try {
			if (closeable instanceof AutoCloseable open) {
				begun.closeInContext(open);
			}
		}
		finally {
			outcome.accept(begun);
		}
	}

	private void frame(RunExecution begun, @Nullable Throwable cause) {
		if (this.lifecycle) {
			this.buffer.frame(begun.termination(cause));
		}
	}

	/** Returns an iterator over the result of a body of one of these types. */
	@SuppressWarnings("unchecked") // the elements are passed on as they are
	static Iterator<@Nullable Object> iterator(@Nullable Object source) {
		if (source instanceof Stream<?> stream) {
			return (Iterator<@Nullable Object>) stream.sequential().iterator();
		}
		if (source instanceof Iterable<?> iterable) {
			return (Iterator<@Nullable Object>) iterable.iterator();
		}
		if (source instanceof Object[] array) {
			return Arrays.<@Nullable Object>asList(array).iterator();
		}
		if (source == null) {
			return List.<@Nullable Object>of().iterator();
		}
		return (Iterator<@Nullable Object>) source;
	}

}
