package buddy.workflow;

import java.lang.reflect.Type;
import java.util.List;

/**
 * What is known of a workflow from its class and settings.
 *
 * @param workflowId its id, stable over restarts and nodes
 * @param name its name for people
 * @param description what it does, or an empty text
 * @param workflowClass its class
 * @param parameters what {@code run()} takes as input, in order
 * @param returnType what {@code run()} returns
 */
public record WorkflowDescriptor(String workflowId, String name, String description,
		Class<? extends Workflow> workflowClass, List<InputParameter> parameters, Type returnType) {

	/**
	 * Copies the parameters.
	 */
	public WorkflowDescriptor {
		parameters = List.copyOf(parameters);
	}

	/**
	 * One parameter of {@code run()}.
	 *
	 * @param name its name in the recorded input
	 * @param type its type
	 * @param kind what it carries
	 */
	public record InputParameter(String name, Type type, Kind kind) {

		/**
		 * What a parameter carries.
		 */
		public enum Kind {

			/** Input, recorded as JSON. */
			DATA,

			/** The id of the session. */
			SESSION_ID,

			/** The id of the user. */
			USER_ID,

			/** Anything that is recorded as omitted. */
			NOT_RECORDED

		}

	}

}
