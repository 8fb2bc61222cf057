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
 * Says of this process that it lives, so that others can tell its runs from those of a
 * process that is gone. A process without runs says nothing.
 */
public final class NodeLease {

	private final @Nullable RunOwners owners;

	private final Supplier<String> nodeId = SingletonSupplier.of(NodeLease::newNodeId);

	private final Duration lease;

	private final long interval;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile long seenAt;

	private volatile boolean seen;

	public NodeLease(@Nullable RunOwners owners, Duration lease, Duration interval) {
		if (lease.compareTo(interval.multipliedBy(3)) < 0) {
			throw new IllegalArgumentException("A node counts as alive for " + lease + ", and says so every " + interval
					+ "; let the lease be at least three times the interval (buddy.node.lease, buddy.node.heartbeat-interval)");
		}
		this.owners = owners;
		this.lease = lease;
		this.interval = interval.toNanos();
	}

	/** The id of this process, another one after each start; none without a store. */
	public @Nullable String nodeId() {
		return (this.owners != null) ? this.nodeId.get() : null;
	}

	/** Before a run begins: the lease must not run out before it is renewed in turn. */
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

	/** While there are runs: renews the lease when it is time. */
	void renewWhenDue() {
		if (this.owners != null && isOlderThan(this.interval)) {
			renew(this.owners);
		}
	}

	/** When the process stops and no run of it is left. */
	void release() {
		if (this.owners != null && this.seen) {
			this.owners.left(this.nodeId.get());
			this.seen = false;
		}
	}

	private void renew(RunOwners store) {
		long now = System.nanoTime();
		if (store.seen(this.nodeId.get(), this.lease.toMillis())) {
			this.seenAt = now;
			this.seen = true;
		}
	}

	/** By a clock that nobody sets. */
	private boolean isOlderThan(long nanos) {
		return !this.seen || System.nanoTime() - this.seenAt >= nanos;
	}

	/** {@code <pid>@<host>:<random>}, for people and unlike that of any other start. */
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
