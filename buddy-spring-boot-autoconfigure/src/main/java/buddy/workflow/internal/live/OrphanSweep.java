package buddy.workflow.internal.live;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.UnfinishedRun;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunOwners.Orphans;

/**
 * Ends, as interrupted, the runs of processes that died, or has them continued.
 *
 * <p>
 * Nothing is ended until the store has been seen repeatedly for half a lease. After the
 * database was unavailable or its clock was changed, every live process must first be
 * able to renew its lease. Only runs that their process has handed over are continued at
 * once.
 */
public final class OrphanSweep {

	private static final Logger logger = LoggerFactory.getLogger(OrphanSweep.class);

	private static final int BATCH = 100;

	/** The maximum number of batches; what is left is looked at by the next sweep. */
	private static final int BATCHES = 10;

	private static final int NAMED = 20;

	private final RunOwners owners;

	private final Supplier<String> nodeId;

	private final Clock clock;

	private final LongSupplier nanoTime;

	/** How long the store must have been seen, and how long it may go unseen. */
	private final long steady;

	/** How much the time by the store's clock may differ from the time passed here. */
	private final long jump;

	/** Continues runs by themselves, or null. */
	private volatile @Nullable Recovery recovery;

	/** When runs were seen first that only other processes can continue. */
	private final Map<String, Long> leftToOthers = new HashMap<>();

	/** How long such runs are left to those. */
	private final long leave;

	private boolean seen;

	private long seenSince;

	private long seenLast;

	private long storeTime;

	/**
	 * Creates a sweep.
	 * @param owners the store of which process executes which run
	 * @param nodeId supplies the id of this process, whose own runs are left alone; not
	 * called before the first sweep
	 * @param lease how long a process counts as alive after it renewed its lease
	 * @param clock the clock for the end of runs
	 * @param nanoTime supplies nanoseconds, as {@link System#nanoTime}
	 */
	public OrphanSweep(RunOwners owners, Supplier<String> nodeId, Duration lease, Clock clock, LongSupplier nanoTime) {
		this.owners = owners;
		this.nodeId = nodeId;
		this.leave = lease.toNanos();
		this.steady = lease.toNanos() / 2;
		// a live process has two thirds of its lease left
		this.jump = lease.toNanos() / 4;
		this.clock = clock;
		this.nanoTime = nanoTime;
	}

	/**
	 * Sets what continues runs by themselves instead of ending them.
	 * @param recovery continues them
	 */
	public void recoverWith(Recovery recovery) {
		this.recovery = recovery;
	}

	/**
	 * Sweeps once, with a single statement if there is nothing to end.
	 * @return the number of runs that were ended
	 */
	public synchronized int sweep() {
		List<String> ended = new ArrayList<>();
		Set<String> seen = new HashSet<>();
		try {
			boolean more = true;
			for (int i = 0, left = 0; i < BATCHES && more; i++) {
				// those that are left as they are come first again
				int limit = Math.min(BATCH + left, BATCH * BATCHES);
				List<String> orphans = look(limit);
				int done = left + ended.size();
				for (String runId : orphans) {
					if (!seen.add(runId)) {
						continue;
					}
					if (!isSteady()) {
						goOnIfHandedOver(runId);
					}
					else if (isLeft(runId)) {
						left++;
					}
					else if (end(runId)) {
						ended.add(runId);
					}
				}
				more = orphans.size() == limit && left + ended.size() > done;
			}
			this.leftToOthers.keySet().retainAll(seen);
			Recovery recovery = this.recovery;
			if (recovery != null && isSteady()) {
				recovery.swept();
			}
		}
		catch (RuntimeException ex) {
			this.seen = false;
			throw ex;
		}
		finally {
			tell(ended);
		}
		return ended.size();
	}

	/** Its process has said itself that it does not execute the run any more. */
	private void goOnIfHandedOver(String runId) {
		Recovery recovery = this.recovery;
		if (recovery != null && this.owners.findUnfinished(runId).filter(RunOwners::isHandedOver).isPresent()) {
			recovery.recover(runId);
		}
	}

	/**
	 * Queries the orphans. The store counts as seen when it was queried, since its answer
	 * may be late.
	 */
	private List<String> look(int limit) {
		long asked = this.nanoTime.getAsLong();
		Orphans orphans = this.owners.orphans(this.nodeId.get(), limit);
		if (!this.seen || asked - this.seenLast > this.steady || clockWasSet(asked, orphans.now())) {
			this.seenSince = asked;
		}
		this.seenLast = asked;
		this.storeTime = orphans.now();
		this.seen = true;
		return orphans.runIds();
	}

	private boolean clockWasSet(long asked, long now) {
		long passed = asked - this.seenLast;
		long passedThere = TimeUnit.MILLISECONDS.toNanos(now - this.storeTime);
		return Math.abs(passedThere - passed) > this.jump;
	}

	private boolean isSteady() {
		return this.seenLast - this.seenSince >= this.steady
				&& this.nanoTime.getAsLong() - this.seenLast <= this.steady;
	}

	private boolean end(String runId) {
		return this.owners.endOrphan(runId, endOf(runId));
	}

	/** A run that was asked to stop before its process died has its wish. */
	private OrphanEnd endOf(String runId) {
		long now = this.clock.millis();
		String reason = this.owners.findUnfinished(runId).map(UnfinishedRun::cancelReason).orElse(null);
		if (reason != null) {
			return LiveRuns.cancelled(reason, now);
		}
		RunFailure failure = RunFailure.because(RunFailure.INTERRUPTED,
				"The process that executed the run died, or was not seen for longer than its lease (buddy.node.lease)");
		return new OrphanEnd(RunStatus.ERROR, StorableJson.sanitize(failure).json(), now);
	}

	/** Returns whether a run is continued, now or later, or has been ended already. */
	private boolean isLeft(String runId) {
		Recovery recovery = this.recovery;
		Recovery.Outcome outcome = (recovery != null) ? recovery.recover(runId) : Recovery.Outcome.NOT_RECOVERED;
		return switch (outcome) {
			case RECOVERED, LATER -> true;
			case NOT_RECOVERED -> false;
			case LEFT_TO_OTHERS -> {
				long now = this.nanoTime.getAsLong();
				yield now - this.leftToOthers.computeIfAbsent(runId, (id) -> now) <= this.leave;
			}
		};
	}

	/**
	 * Continues runs whose process died.
	 */
	@FunctionalInterface
	public interface Recovery {

		/**
		 * Continues a run, unless it is only to be marked.
		 * @param runId the run
		 * @return what became of it
		 */
		Outcome recover(String runId);

		/** Called after each sweep, to continue runs that come after all others. */
		default void swept() {
		}

		/** What became of a run. */
		enum Outcome {

			/** It is continued. */
			RECOVERED,

			/** It is left as it is for now, or has been ended already. */
			LATER,

			/**
			 * Only other processes can continue it. It is to be marked as interrupted if
			 * none has done so for the time of a lease.
			 */
			LEFT_TO_OTHERS,

			/** It is to be marked as interrupted. */
			NOT_RECOVERED

		}

	}

	private static void tell(List<String> ended) {
		if (!ended.isEmpty()) {
			logger.warn("{} runs were ended as interrupted, since the process that executed them died: {}{}",
					ended.size(), ended.subList(0, Math.min(ended.size(), NAMED)), (ended.size() > NAMED) ? " …" : "");
		}
	}

}
