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
 * Hands the items and events of a reactive run to its subscriber, one at a time, in order
 * and no more than it asked for, and asks the body's publisher for no more than that.
 *
 * <p>
 * Whoever takes the work from zero hands out what there is; who comes meanwhile leaves it
 * to that thread. The subscriber is outside of the run: its context is taken off the
 * run's threads for it.
 */
final class SubscriberQueue {

	private final CoreSubscriber<? super Object> subscriber;

	private final Upstream upstream;

	private final StreamBuffer buffer = new StreamBuffer();

	private final AtomicInteger work = new AtomicInteger();

	private final AtomicLong demand = new AtomicLong();

	/** Items that the subscriber does not get. */
	private final AtomicInteger hidden = new AtomicInteger();

	/** What was asked of the publisher and not handed out yet; only within the work. */
	private long outstanding;

	/** How much was handed out; only within the work. */
	private long delivered;

	/** Whether the publisher may send without end; only within the work. */
	private boolean unbounded;

	private volatile boolean closed;

	private volatile boolean done;

	private @Nullable Throwable failure;

	SubscriberQueue(CoreSubscriber<? super Object> subscriber, Upstream upstream) {
		this.subscriber = subscriber;
		this.upstream = upstream;
	}

	/** The subscriber wants more. */
	void request(long count) {
		this.demand.accumulateAndGet(count, Operators::addCap);
		handOut(false);
	}

	/** The subscriber wants nothing any more; returns whether it did before. */
	boolean cancel() {
		boolean first = !this.closed;
		this.closed = true;
		handOut(false);
		return first;
	}

	/** Whether the subscriber left, or got its last signal. */
	boolean closed() {
		return this.closed;
	}

	/** The publisher can be asked now. */
	void opened() {
		handOut(true);
	}

	/** Takes an item that the publisher was asked for. */
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

	/** Counts an item that the subscriber does not get. */
	void hidden() {
		this.hidden.incrementAndGet();
		handOut(true);
	}

	/** Takes an event of the run itself, or its one value. */
	void frame(Object event) {
		this.buffer.frame(event);
		handOut(true);
	}

	/** Takes an emitted event, unless too many wait already. */
	boolean emit(RunResponseEvent event) {
		boolean room = this.buffer.emit(event);
		if (room) {
			handOut(true);
		}
		return room;
	}

	/** Nothing follows what was taken. */
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

	/** Asks at the very end: a publisher that answers at once must find the work free. */
	private void handOutAll(boolean inside) {
		long wanted = 0;
		int missed = 1;
		while (missed != 0) {
			if (deliverAll(inside)) {
				return; // its last signal: the work stays taken
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

		/** Tells whether it can be asked for items. */
		boolean isOpen();

		/**
		 * Asks for items.
		 * @param count how many
		 * @param inside whether this is one of the run's threads, not the subscriber's
		 */
		void ask(long count, boolean inside);

	}

}
