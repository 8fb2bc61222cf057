package buddy.event;

import java.util.concurrent.atomic.AtomicLong;

import buddy.run.RunResponseEvent.WorkflowStarted;

/**
 * Tracks the stored events of a run in progress in this process.
 */
final class LiveEvents {

	private final WorkflowStarted first;

	private final AtomicLong batches = new AtomicLong();

	LiveEvents(WorkflowStarted first) {
		this.first = first;
	}

	WorkflowStarted first() {
		return this.first;
	}

	/** Records that a batch was stored. */
	void stored() {
		this.batches.incrementAndGet();
	}

	/** Returns the number of batches that this process has stored. */
	long batches() {
		return this.batches.get();
	}

}
