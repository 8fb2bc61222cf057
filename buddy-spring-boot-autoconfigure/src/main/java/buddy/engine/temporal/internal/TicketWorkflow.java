package buddy.engine.temporal.internal;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * The ticket of a run or a schedule, as a workflow of Temporal. It waits, and lets nodes
 * execute what the ticket is for. Only ids and times are in its history.
 */
@WorkflowInterface
public interface TicketWorkflow {

	/** The name of the type. */
	String TYPE = "buddy-ticket";

	/**
	 * Keeps the ticket until nothing is left to do.
	 * @param kind what it is for, a name of {@link TicketKind}
	 * @param workflowId the workflow, one of buddy's
	 * @param id the id of the run or schedule
	 * @param delayMillis how long to wait before the first execution
	 * @param leaseMillis how long a node counts as executing without a sign of life
	 */
	@WorkflowMethod(name = TYPE)
	void keep(String kind, String workflowId, String id, long delayMillis, long leaseMillis);

	/**
	 * Changes when the next execution begins. One in progress goes on.
	 * @param delayMillis how long to wait from now
	 */
	@SignalMethod(name = "delay")
	void delay(long delayMillis);

	/**
	 * Ends the ticket, unless it is executed.
	 */
	@SignalMethod(name = "remove")
	void remove();

}
