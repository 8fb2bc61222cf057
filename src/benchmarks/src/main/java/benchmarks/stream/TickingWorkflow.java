package benchmarks.stream;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Emits an event whenever it is told to.
 */
class TickingWorkflow extends Workflow {

	/** Ends the run. */
	static final int STOP = -1;

	private final BlockingQueue<Integer> ticks = new LinkedBlockingQueue<>();

	void tick(int number) {
		this.ticks.add(number);
	}

	String run(@SessionId String session) throws InterruptedException {
		RunContext run = Objects.requireNonNull(RunContext.current());
		for (int tick = this.ticks.take(); tick != STOP; tick = this.ticks.take()) {
			run.emit(RunResponseEvent.custom("tick", String.valueOf(tick)));
		}
		return "done";
	}

}
