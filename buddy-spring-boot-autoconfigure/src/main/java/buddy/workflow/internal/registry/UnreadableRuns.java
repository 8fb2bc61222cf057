package buddy.workflow.internal.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that this process looks after, and whose records it cannot read. They must not
 * be in the way of the others: each is told once, and read again after a minute.
 */
final class UnreadableRuns {

	private static final Logger logger = LoggerFactory.getLogger(UnreadableRuns.class);

	private static final int MAX = 1000;

	private static final long AGAIN_NANOS = 60_000_000_000L;

	/** When they could not be read last. */
	private final Map<String, Long> readAt = new LinkedHashMap<>();

	private final LongSupplier nanoTime;

	UnreadableRuns(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/** Tells of a run, unless that was done before. */
	synchronized void tell(String runId, RuntimeException failure) {
		if (this.readAt.size() >= MAX) {
			this.readAt.clear();
		}
		if (this.readAt.put(runId, this.nanoTime.getAsLong()) == null) {
			logger.warn("Run '{}' is not continued by itself on this node, which cannot read it: {}", runId,
					failure.toString());
		}
	}

	/** Returns whether a run could not be read a short time ago. */
	synchronized boolean isLeft(String runId) {
		Long at = this.readAt.get(runId);
		return at != null && this.nanoTime.getAsLong() - at < AGAIN_NANOS;
	}

}
