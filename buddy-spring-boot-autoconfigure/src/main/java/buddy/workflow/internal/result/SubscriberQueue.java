package buddy.workflow.internal.result;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

import buddy.run.RunContextHolder;
import buddy.run.RunResponseEvent;
import buddy.workflow.internal.execution.StreamBuffer;
import buddy.workflow.internal.execution.StreamBuffer.Origin;

/**
 * Delivers the items and events of a reactive run to its subscriber, one at a time, in
 * order and no more than requested. Requests no more than that from the body's publisher.
 *
 * <p>
 * The thread that increments the work counter from zero delivers what is available; other
 * threads leave their work to it. The subscriber is outside of the run, so the run's
 * context is unbound from the run's threads while it is called.
 */
final class SubscriberQueue {

	private final CoreSubscriber<? super Object> subscriber;

	private final Upstream upstream;

	private final StreamBuffer buffer = new StreamBuffer();

	private final AtomicInteger work = new AtomicInteger();

	private final AtomicLong demand = new AtomicLong();

	/** The number of items that the subscriber does not receive. */
	private final AtomicInteger hidden = new AtomicInteger();

	/** Items requested from the publisher but not delivered; working thread only. */
	private long outstanding;

	/** The number of delivered items and events; working thread only. */
	private long delivered;

	/** Whether the publisher may send without limit; working thread only. */
	private boolean unbounded;

	private volatile boolean closed;

	private volatile boolean done;

	private @Nullable Throwable failure;

	SubscriberQueue(CoreSubscriber<? super Object> subscriber, Upstream upstream) {
		this.subscriber = subscriber;
		this.upstream = upstream;
	}

	/** Adds to the demand of the subscriber. */
	void request(long count) {
		this.demand.accumulateAndGet(count, Operators::addCap);
		handOut(false);
	}

	/** Ends the delivery, and returns whether it was open before. */
	boolean cancel() {
		boolean first = !this.closed;
		this.closed = true;
		handOut(false);
		return first;
	}

	/** Returns whether the subscriber cancelled or received its last signal. */
	boolean closed() {
		return this.closed;
	}

	/** Requests items from the publisher, which has become available. */
	void opened() {
		handOut(true);
	}

	/** Adds an item that was requested from the publisher. */
	void item(Object item) {
		if (this.work.get() == 0 && this.work.compareAndSet(0, 1)) {
			if (this.buffer.isEmpty() && this.demand.get() > this.delivered && !this.closed) {
				this.outstanding--;
				deliver(item, true);
			}
			else {
				this.buffer.add(item);
			}
			handOutAll(true);
			return;
		}
		this.buffer.add(item);
		handOut(true);
	}

	/** Counts an item that the subscriber does not receive. */
	void hidden() {
		this.hidden.incrementAndGet();
		handOut(true);
	}

	/** Adds an event of the run itself, or its single value. */
	void frame(Object event) {
		this.buffer.frame(event);
		handOut(true);
	}

	/** Adds an emitted event, and returns whether there was room for it. */
	boolean emit(RunResponseEvent event) {
		boolean room = this.buffer.emit(event);
		if (room) {
			handOut(true);
		}
		return room;
	}

	/** Marks the end: nothing is added after it. */
	void end(@Nullable Throwable cause) {
		this.failure = cause;
		this.done = true;
		handOut(true);
	}

	private void handOut(boolean inside) {
		if (this.work.getAndIncrement() == 0) {
			handOutAll(inside);
		}
	}

	/**
	 * Delivers what is available. Items are requested only at the very end, since a
	 * publisher that answers immediately must find the work counter at zero.
	 */
	private void handOutAll(boolean inside) {
		long wanted = 0;
		int missed = 1;
		while (missed != 0) {
			if (deliverAll(inside)) {
				return; // last signal: the work counter stays above zero
			}
			wanted = Operators.addCap(wanted, wanted());
			missed = this.work.addAndGet(-missed);
		}
		if (wanted > 0) {
			this.upstream.ask(wanted, inside);
		}
	}

	private boolean deliverAll(boolean inside) {
		while (!this.closed) {
			if (this.done && this.buffer.isEmpty()) {
				this.closed = true;
				outside(inside, this::deliverEnd);
				return true;
			}
			StreamBuffer.Entry entry = (this.demand.get() > this.delivered) ? this.buffer.poll() : null;
			if (entry == null) {
				return false;
			}
			if (entry.origin() == Origin.ITEM) {
				this.outstanding--;
			}
			Object item = entry.value();
			if (item != null) {
				deliver(item, inside);
			}
		}
		this.buffer.clear();
		return false;
	}

	private long wanted() {
		this.outstanding -= this.hidden.getAndSet(0);
		long all = this.demand.get();
		if (this.unbounded || this.closed || !this.upstream.isOpen()) {
			return 0;
		}
		this.unbounded = all == Long.MAX_VALUE;
		long missing = this.unbounded ? all : all - this.delivered - this.outstanding;
		this.outstanding += Math.max(0, missing);
		return Math.max(0, missing);
	}

	private void deliver(Object item, boolean inside) {
		if (this.demand.get() != Long.MAX_VALUE) {
			this.delivered++;
		}
		if (inside && RunContextHolder.current() != null) {
			outside(true, () -> this.subscriber.onNext(item));
		}
		else {
			this.subscriber.onNext(item);
		}
	}

	private void deliverEnd() {
		if (this.failure != null) {
			this.subscriber.onError(this.failure);
		}
		else {
			this.subscriber.onComplete();
		}
	}

	private static void outside(boolean inside, Runnable code) {
		if (inside) {
			try (RunContextHolder.Binding binding = RunContextHolder.bind(null)) {
				code.run();
			}
		}
		else {
			code.run();
		}
	}

	/**
	 * The body's publisher.
	 */
	interface Upstream {

		/** Returns whether items can be requested. */
		boolean isOpen();

		/**
		 * Requests items.
		 * @param count the number of items
		 * @param inside whether this is one of the run's threads, not the subscriber's
		 */
		void ask(long count, boolean inside);

	}

}
