package buddy.engine.temporal.internal;

import java.time.Duration;

import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;

/**
 * The code of {@link TicketWorkflow}. It is replayed by Temporal: a change of what it
 * does, and in which order, needs a version of Temporal's.
 */
public final class DefaultTicketWorkflow implements TicketWorkflow {

	/** Each execution is some ten events, and all are read for each of them. */
	private static final int EXECUTIONS_OF_A_HISTORY = 30;

	private static final Duration LONGEST = Duration.ofDays(3650);

	/** A failure is of the node or its database: another execution may do better. */
	private static final RetryOptions RETRIES = RetryOptions.newBuilder()
		.setInitialInterval(Duration.ofSeconds(1))
		.setBackoffCoefficient(2)
		.setMaximumInterval(Duration.ofSeconds(30))
		.build();

	private long dueAt;

	private boolean delayed;

	private boolean executed;

	private boolean removed;

	@Override
	public void keep(String kind, String workflowId, String id, long delayMillis, long leaseMillis) {
		TicketActivity node = Workflow.newActivityStub(TicketActivity.class,
				ActivityOptions.newBuilder()
					.setStartToCloseTimeout(LONGEST)
					.setHeartbeatTimeout(Duration.ofMillis(leaseMillis))
					.setRetryOptions(RETRIES)
					.build());
		if (!this.delayed) {
			this.dueAt = Workflow.currentTimeMillis() + delayMillis;
		}
		for (int executions = 0; executions < EXECUTIONS_OF_A_HISTORY; executions++) {
			waitUntilDue();
			if (this.removed) {
				return;
			}
			this.executed = true;
			long again = node.execute(kind, workflowId, id);
			this.executed = false;
			if (again <= 0) {
				return;
			}
			this.dueAt = Workflow.currentTimeMillis() + again;
		}
		Workflow.continueAsNew(kind, workflowId, id, Math.max(0, this.dueAt - Workflow.currentTimeMillis()),
				leaseMillis);
	}

	private void waitUntilDue() {
		while (!this.removed) {
			long seen = this.dueAt;
			long left = seen - Workflow.currentTimeMillis();
			if (left <= 0) {
				return;
			}
			Workflow.await(Duration.ofMillis(left), () -> this.removed || this.dueAt != seen);
		}
	}

	@Override
	public void delay(long delayMillis) {
		if (!this.executed) {
			this.delayed = true;
			this.dueAt = Workflow.currentTimeMillis() + delayMillis;
		}
	}

	@Override
	public void remove() {
		if (!this.executed) {
			this.removed = true;
		}
	}

}
