package buddy.engine.temporal.internal;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/**
 * What a node does for a ticket.
 */
@ActivityInterface
public interface TicketActivity {

	/** The name of the type. */
	String TYPE = "buddy-execute";

	/**
	 * Executes a run to its end or pause, or looks at a schedule.
	 * @param kind what the ticket is for, a name of {@link TicketKind}
	 * @param workflowId the workflow, one of buddy's
	 * @param id the id of the run or schedule
	 * @return how long to wait before the next execution, in milliseconds; 0 for none
	 */
	@ActivityMethod(name = TYPE)
	long execute(String kind, String workflowId, String id);

}
