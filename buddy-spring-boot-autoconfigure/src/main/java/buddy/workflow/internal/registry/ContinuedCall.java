package buddy.workflow.internal.registry;

import org.jspecify.annotations.Nullable;

import buddy.workflow.Workflow;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.StartHandle;

/**
 * Calls a workflow to continue a run, or to queue one.
 */
public interface ContinuedCall {

	/**
	 * Calls the workflow, inside of what guards calls of its bean.
	 * @param workflow the bean
	 * @param arguments the recorded input
	 * @param continued the run
	 * @param ticket is told the id and the end of the run
	 * @return the result of the workflow's method
	 * @throws Throwable what the method throws
	 */
	@Nullable Object call(Workflow workflow, @Nullable Object[] arguments, ContinuedRun continued, StartHandle ticket)
			throws Throwable;

	/**
	 * Calls the workflow to queue a run, inside of what guards calls of its bean.
	 * @param workflow the bean
	 * @param arguments the input
	 * @throws Throwable why the run cannot be queued
	 */
	void submit(Workflow workflow, @Nullable Object[] arguments) throws Throwable;

}
