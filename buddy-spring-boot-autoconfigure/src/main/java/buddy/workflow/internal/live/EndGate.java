package buddy.workflow.internal.live;

import buddy.run.RunStatus;

/**
 * Decides which end of a run counts: the first one.
 *
 * <p>
 * The body, a cancellation and the caller may end a run at the same time, on threads of
 * their own. Whoever claims the end first goes on to end the run; the run then passes
 * once, with the status that it ends with.
 */
public final class EndGate {

	private volatile boolean claimed;

	private volatile RunStatus status = RunStatus.RUNNING;

	/** Claims the end; returns whether nobody else has. */
	public synchronized boolean claim() {
		boolean first = !this.claimed;
		this.claimed = true;
		return first;
	}

	/** Ends the run; returns whether it had not ended before. */
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
