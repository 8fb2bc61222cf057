package buddy.workflow.internal.live;

import buddy.run.RunStatus;

/**
 * Ensures that only the first end of a run counts.
 *
 * <p>
 * The body, a cancellation and the caller may end a run at the same time on different
 * threads. The first one to claim the end goes on to end the run. The run then passes the
 * gate once, with its terminal status.
 */
public final class EndGate {

	private volatile boolean claimed;

	private volatile RunStatus status = RunStatus.RUNNING;

	/** Claims the end, and returns whether it was unclaimed. */
	public synchronized boolean claim() {
		boolean first = !this.claimed;
		this.claimed = true;
		return first;
	}

	/** Ends the run, and returns whether it had not ended before. */
	public synchronized boolean pass(RunStatus outcome) {
		if (isPassed()) {
			return false;
		}
		this.claimed = true;
		this.status = outcome;
		return true;
	}

	public boolean isClaimed() {
		return this.claimed;
	}

	/** Corrects the status of a run whose end could not be stored. */
	public synchronized void correct(RunStatus outcome) {
		this.status = outcome;
	}

	public boolean isPassed() {
		return this.status != RunStatus.RUNNING;
	}

	public RunStatus status() {
		return this.status;
	}

}
