package buddy.workflow.internal.live;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionBusyException;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;

/**
 * Lets runs wait for their turn in a session. The store keeps the order. Of the runs that
 * wait for one session in this process, only the first queries the store.
 */
public final class SessionWaitQueue {

	private static final long FIRST_WAIT = TimeUnit.MILLISECONDS.toNanos(4);

	private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(200);

	private final Map<String, Queue> queues = new ConcurrentHashMap<>();

	/**
	 * Waits until a queued run may begin.
	 * @return the session as the run finds it
	 * @throws SessionBusyException if its turn does not come in time
	 * @throws buddy.run.RunCancelledException if it is cancelled meanwhile
	 */
	public OpenedSession await(LiveRun run, OpenedSession queued) {
		Waiter waiter = new Waiter(run.run().runId(), (queued.queuedAt() != null) ? queued.queuedAt() : 0);
		String sessionId = run.run().sessionId();
		Queue queue = Objects.requireNonNull(
				this.queues.compute(sessionId, (id, known) -> ((known != null) ? known : new Queue()).with(waiter)));
		Runnable forget = run.cancellation().onCancel(() -> queue.wake(waiter));
		try {
			return await(run, waiter, queue);
		}
		finally {
			forget.run();
			this.queues.computeIfPresent(sessionId, (id, known) -> known.without(waiter));
		}
	}

	/** Notifies the queue that a run of this process has freed a session. */
	public void freed(String sessionId) {
		Queue queue = this.queues.get(sessionId);
		if (queue != null) {
			queue.wakeFirst();
		}
	}

	private static OpenedSession await(LiveRun run, Waiter waiter, Queue queue) {
		Duration most = run.request().options().requireWaitTimeout();
		long deadline = System.nanoTime() + most.toNanos();
		long wait = FIRST_WAIT;
		while (true) {
			run.cancellation().check(run.run().runId());
			long seen = queue.wakes(waiter);
			boolean first = queue.isFirst(waiter);
			Optional<OpenedSession> opened = first ? run.repository().enter(run.run()) : Optional.empty();
			if (opened.isPresent()) {
				return opened.get();
			}
			long left = deadline - System.nanoTime();
			if (left <= 0) {
				throw timedOut(run.run(), most);
			}
			boolean woken = queue.await(waiter, seen, first ? Math.min(wait, left) : left);
			wait = woken ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
		}
	}

	private static SessionBusyException timedOut(NewRun run, Duration most) {
		return new SessionBusyException(run.sessionId(), null,
				"Run '" + run.runId() + "' of workflow '" + run.workflowId() + "' waited " + most
						+ " for its turn and gave up; try again later, or let it wait longer"
						+ " (buddy.session.wait-timeout)");
	}

	/** A run in the queue of a session. */
	private static final class Waiter {

		private static final Comparator<Waiter> ORDER = Comparator.<Waiter>comparingLong((waiter) -> waiter.queuedAt)
			.thenComparing((waiter) -> waiter.runId);

		private final String runId;

		private final long queuedAt;

		private long wakes;

		private @Nullable Condition woken;

		Waiter(String runId, long queuedAt) {
			this.runId = runId;
			this.queuedAt = queuedAt;
		}

		private void wake() {
			this.wakes++;
			if (this.woken != null) {
				this.woken.signal();
			}
		}

	}

	/** The runs of this process that wait for one session, in the order of the store. */
	private static final class Queue {

		private final ReentrantLock lock = new ReentrantLock();

		private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Waiter.ORDER);

		Queue with(Waiter waiter) {
			return locked(() -> {
				waiter.woken = this.lock.newCondition();
				this.waiters.add(waiter);
				return this;
			});
		}

		@Nullable Queue without(Waiter waiter) {
			locked(() -> this.waiters.remove(waiter));
			wakeFirst();
			return locked(this.waiters::isEmpty) ? null : this;
		}

		boolean isFirst(Waiter waiter) {
			return locked(() -> this.waiters.peek() == waiter);
		}

		long wakes(Waiter waiter) {
			return locked(() -> waiter.wakes);
		}

		void wakeFirst() {
			locked(() -> {
				Waiter first = this.waiters.peek();
				if (first != null) {
					first.wake();
				}
				return this;
			});
		}

		void wake(Waiter waiter) {
			locked(() -> {
				waiter.wake();
				return this;
			});
		}

		/** Waits, and returns whether the waiter was woken since it last checked. */
		boolean await(Waiter waiter, long seen, long nanos) {
			return locked(() -> {
				long left = nanos;
				while (waiter.wakes == seen && left > 0 && waiter.woken != null) {
					left = awaitNanos(waiter.woken, left);
				}
				return waiter.wakes != seen;
			});
		}

		private static long awaitNanos(Condition condition, long nanos) {
			try {
				return condition.awaitNanos(nanos);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(
						"The thread was interrupted while its run waited for its turn in the session", ex);
			}
		}

		private <T> T locked(Supplier<T> action) {
			this.lock.lock();
			try {
				return action.get();
			}
			finally {
				this.lock.unlock();
			}
		}

	}

}
