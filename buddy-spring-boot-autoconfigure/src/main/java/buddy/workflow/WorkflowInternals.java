package buddy.workflow;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What buddy's own packages ask of a workflow and of a scope. It is nothing for
 * applications, and may change at any time.
 */
public final class WorkflowInternals {

	private WorkflowInternals() {
	}

	/**
	 * Returns the settings of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return the settings, with what overrides them
	 */
	public static WorkflowSettings settings(Workflow workflow) {
		return workflow.settings();
	}

	/**
	 * Overrides settings of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @param overrides the settings that win
	 */
	public static void configure(Workflow workflow, WorkflowSettings overrides) {
		workflow.configure(overrides);
	}

	/**
	 * Lets the arguments of a workflow be checked.
	 * @param workflow the workflow itself, not its proxy
	 * @param constraints checks them before a run begins
	 */
	public static void constrain(Workflow workflow, InputConstraints constraints) {
		workflow.constrain(constraints);
	}

	/**
	 * Returns what checks the arguments of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return the constraints, or {@code null} if nothing is checked
	 */
	public static @Nullable InputConstraints constraints(Workflow workflow) {
		return workflow.constraints();
	}

	/**
	 * Returns what is derived from a workflow's class and settings, made once.
	 * @param workflow the workflow itself, not its proxy
	 * @param type what it is; there is one kind of it
	 * @param derive makes it
	 * @param <T> what it is
	 * @return the one that is kept with the workflow
	 */
	public static <T> T derived(Workflow workflow, Class<T> type, Function<Workflow, T> derive) {
		return workflow.derived(type, derive);
	}

	/**
	 * Returns a scope that carries an object to the run that is called in it.
	 * @param scope the scope
	 * @param attachment the object
	 * @return the scope to call in
	 */
	public static WorkflowScope attach(WorkflowScope scope, Object attachment) {
		return scope.attach(attachment);
	}

	/**
	 * Returns what a scope carries.
	 * @param scope the scope
	 * @return the object, or {@code null}
	 */
	public static @Nullable Object attachment(WorkflowScope scope) {
		return scope.attachment();
	}

}
