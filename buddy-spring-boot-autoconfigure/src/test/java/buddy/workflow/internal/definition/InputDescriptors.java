package buddy.workflow.internal.definition;

import java.util.Arrays;
import java.util.List;

import buddy.workflow.WorkflowDescriptor;

/**
 * Workflows whose inputs are of every type that there is a schema for.
 */
public final class InputDescriptors {

	private InputDescriptors() {
	}

	/**
	 * Returns a workflow for each type of input.
	 * @return the descriptors, named by their types
	 */
	public static List<WorkflowDescriptor> ofEveryType() {
		return Arrays.stream(InputTypes.class.getDeclaredMethods())
			.filter((method) -> !method.isSynthetic())
			.map((method) -> RunMethod.of(InputTypes.class, method))
			.map((method) -> new WorkflowDescriptor(method.method().getName(), "Some", "", InputTypes.class,
					method.parameters(), void.class))
			.toList();
	}

}
