package buddy.workflow;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Constraints on the arguments of workflows, such as those of Bean Validation. Arguments
 * are checked before a run begins, so that nothing is written for what they refuse.
 */
public interface InputConstraints {

	/**
	 * Tells whether a workflow has constraints.
	 * @param workflowClass its class
	 * @return whether it has
	 */
	boolean applyTo(Class<? extends Workflow> workflowClass);

	/**
	 * Checks arguments.
	 * @param workflow the workflow itself
	 * @param method its {@code run()} or {@code arun()}
	 * @param arguments the arguments, with the ids of session and user
	 * @return what is wrong, or {@code null} if nothing is
	 */
	@Nullable Refusal check(Workflow workflow, Method method, @Nullable Object[] arguments);

	/**
	 * Adds the constraints to the JSON Schema of the input.
	 * @param workflowClass the workflow's class
	 * @param method its {@code run()} or {@code arun()}
	 * @param schema the schema as plain maps and lists
	 */
	void describe(Class<? extends Workflow> workflowClass, Method method, Map<String, Object> schema);

	/**
	 * Why arguments are refused.
	 *
	 * @param faults each fault, by path
	 * @param exception what a caller of the bean gets
	 */
	record Refusal(List<InvalidInputException.Fault> faults, RuntimeException exception) {

		/**
		 * Copies the faults.
		 */
		public Refusal {
			faults = List.copyOf(faults);
		}

	}

}
