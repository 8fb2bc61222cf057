package buddy.event;

import java.util.concurrent.atomic.AtomicLong;

import buddy.run.RunResponseEvent.WorkflowStarted;

/**
 * What is known of the events of a run of this process that has begun and not ended.
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

	/** A batch of them is stored. */
	void stored() {
		this.batches.incrementAndGet();
	}

	/** How many batches of them this process has stored. */
	long batches() {
		return this.batches.get();
	}

}
