package buddy.workflow;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Constraints on the arguments of workflows, such as those of Bean Validation. Arguments
 * are checked before a run begins, so that nothing is stored for refused arguments.
 */
public interface InputConstraints {

	/**
	 * Returns whether a workflow has constraints.
	 * @param workflowClass the workflow's class
	 * @return whether it has constraints
	 */
	boolean applyTo(Class<? extends Workflow> workflowClass);

	/**
	 * Checks arguments.
	 * @param workflow the workflow itself
	 * @param method the workflow's {@code run()} or {@code arun()}
	 * @param arguments the arguments, including the session and user ids
	 * @return the refusal, or {@code null} if the arguments are valid
	 */
	@Nullable Refusal check(Workflow workflow, Method method, @Nullable Object[] arguments);

	/**
	 * Checks an answer to a question of a workflow.
	 * @param answer the answer, an object of the type that the workflow awaits
	 * @return the faults; none if the answer is valid
	 */
	default List<InvalidInputException.Fault> check(Object answer) {
		return List.of();
	}

	/**
	 * Adds the constraints to the JSON Schema of the input.
	 * @param workflowClass the workflow's class
	 * @param method the workflow's {@code run()} or {@code arun()}
	 * @param schema the schema to change, as plain maps and lists
	 */
	void describe(Class<? extends Workflow> workflowClass, Method method, Map<String, Object> schema);

	/**
	 * The refusal of invalid arguments.
	 *
	 * @param faults the faults, each with its path
	 * @param exception the exception thrown to a caller of the bean
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
