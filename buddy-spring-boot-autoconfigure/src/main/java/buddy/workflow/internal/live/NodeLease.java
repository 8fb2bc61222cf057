package buddy.workflow.internal.live;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

import buddy.storage.RunOwners;

/**
 * Records in the store that this process is alive, so that others can distinguish its
 * runs from those of a process that died. A process without runs records nothing.
 */
public final class NodeLease {

	private final @Nullable RunOwners owners;

	private final Supplier<String> nodeId = SingletonSupplier.of(NodeLease::newNodeId);

	private final Duration lease;

	private final long interval;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile long seenAt;

	private volatile boolean seen;

	private volatile Runnable whenOver = () -> {
	};

	public NodeLease(@Nullable RunOwners owners, Duration lease, Duration interval) {
		if (lease.compareTo(interval.multipliedBy(3)) < 0) {
			throw new IllegalArgumentException("A node counts as alive for " + lease + ", and says so every " + interval
					+ "; let the lease be at least three times the interval (buddy.node.lease, buddy.node.heartbeat-interval)");
		}
		this.owners = owners;
		this.lease = lease;
		this.interval = interval.toNanos();
	}

	/** Returns the id of this process, new at each start, or null without a store. */
	public @Nullable String nodeId() {
		return (this.owners != null) ? this.nodeId.get() : null;
	}

	/**
	 * Sets the action for when this process finds that its lease is over, before it
	 * renews it.
	 */
	void whenOver(Runnable action) {
		this.whenOver = action;
	}

	/**
	 * Ensures before a run begins that the lease does not expire before its next renewal.
	 */
	void require() {
		if (this.owners != null && isOlderThan(2 * this.interval)) {
			this.lock.lock();
			try {
				if (isOlderThan(2 * this.interval)) {
					renew(this.owners);
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/** Returns how long this process counts as alive after a heartbeat. */
	Duration duration() {
		return this.lease;
	}

	/** Renews the lease if it is due; called while there are runs. */
	void renewWhenDue() {
		if (this.owners == null) {
			return;
		}
		this.lock.lock();
		try {
			if (isOlderThan(this.interval)) {
				renew(this.owners);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Releases the lease when the process stops and has no runs left. */
	void release() {
		if (this.owners != null && this.seen) {
			this.owners.left(this.nodeId.get());
			this.seen = false;
		}
	}

	private void renew(RunOwners store) {
		tellIfOver();
		long now = System.nanoTime();
		try {
			if (store.seen(this.nodeId.get(), this.lease.toMillis())) {
				this.seenAt = now;
				this.seen = true;
			}
		}
		finally {
			tellIfOver(); // the store may have taken long to fail
		}
	}

	private void tellIfOver() {
		if (this.seen && isOlderThan(this.lease.toNanos())) {
			this.whenOver.run();
		}
	}

	/** Returns whether the lease is older, by a clock that is never adjusted. */
	private boolean isOlderThan(long nanos) {
		return !this.seen || System.nanoTime() - this.seenAt >= nanos;
	}

	/** Creates a readable id {@code <pid>@<host>:<random>} that differs at each start. */
	private static String newNodeId() {
		String name = ProcessHandle.current().pid() + "@" + host();
		String allowed = name.replaceAll("[^A-Za-z0-9._@-]", "_");
		return allowed.substring(0, Math.min(allowed.length(), 40)) + ":"
				+ UUID.randomUUID().toString().substring(0, 6);
	}

	private static String host() {
		String host = System.getenv("HOSTNAME");
		try {
			return (host != null) ? host : InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "unknown";
		}
	}

}
