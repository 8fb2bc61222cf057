package buddy.workflow;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Gives buddy's own packages access to the internals of workflows and scopes. It is not
 * meant for applications, and may change at any time.
 */
public final class WorkflowInternals {

	private WorkflowInternals() {
	}

	/**
	 * Returns the settings of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return the settings, with all overrides applied
	 */
	public static WorkflowSettings settings(Workflow workflow) {
		return workflow.settings();
	}

	/**
	 * Overrides settings of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @param overrides the settings that take precedence
	 */
	public static void configure(Workflow workflow, WorkflowSettings overrides) {
		workflow.configure(overrides);
	}

	/**
	 * Sets the constraints on the arguments of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @param constraints the constraints, which are checked before a run begins
	 */
	public static void constrain(Workflow workflow, InputConstraints constraints) {
		workflow.constrain(constraints);
	}

	/**
	 * Returns the constraints on the arguments of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return the constraints, or {@code null} if there are none
	 */
	public static @Nullable InputConstraints constraints(Workflow workflow) {
		return workflow.constraints();
	}

	/**
	 * Returns an object derived from a workflow's class and settings, which is created
	 * once and cached.
	 * @param workflow the workflow itself, not its proxy
	 * @param type the type of the object; each workflow has only one such type
	 * @param derive creates the object
	 * @param <T> the type of the object
	 * @return the object that is cached with the workflow
	 */
	public static <T> T derived(Workflow workflow, Class<T> type, Function<Workflow, T> derive) {
		return workflow.derived(type, derive);
	}

	/**
	 * Returns a scope that passes an object to the run that is called in it.
	 * @param scope the scope
	 * @param attachment the object
	 * @return the scope to call in
	 */
	public static WorkflowScope attach(WorkflowScope scope, Object attachment) {
		return scope.attach(attachment);
	}

	/**
	 * Returns the object attached to a scope.
	 * @param scope the scope
	 * @return the object, or {@code null}
	 */
	public static @Nullable Object attachment(WorkflowScope scope) {
		return scope.attachment();
	}

}
