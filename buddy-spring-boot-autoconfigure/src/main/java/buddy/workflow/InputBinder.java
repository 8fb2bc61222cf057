package buddy.workflow;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.json.InputJson;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;

/**
 * Turns input by name into the arguments of a {@code run()}.
 */
final class InputBinder {

	private final String workflowId;

	private final RunMethod method;

	InputBinder(String workflowId, RunMethod method) {
		this.workflowId = workflowId;
		this.method = method;
	}

	@Nullable Object[] bind(Map<String, ? extends @Nullable Object> input) {
		requireKnown(input.keySet());
		return this.method.parameters().stream().map((parameter) -> argument(parameter, input)).toArray();
	}

	private void requireKnown(Set<String> names) {
		Set<String> known = this.method.parameters()
			.stream()
			.filter((parameter) -> parameter.kind() != Kind.NOT_RECORDED)
			.map(InputParameter::name)
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> unknown = new TreeSet<>(names);
		unknown.removeAll(known);
		if (!unknown.isEmpty()) {
			throw new IllegalArgumentException(
					"Workflow '" + this.workflowId + "' has no input " + unknown + "; it has " + known);
		}
	}

	private @Nullable Object argument(InputParameter parameter, Map<String, ? extends @Nullable Object> input) {
		Object given = input.get(parameter.name());
		WorkflowScope scope = WorkflowScope.current();
		if (parameter.kind() == Kind.SESSION_ID && scope.sessionId() != null) {
			given = scope.sessionId();
		}
		if (parameter.kind() == Kind.USER_ID && scope.userId() != null) {
			given = scope.userId();
		}
		if (given == null && (parameter.type() instanceof Class<?> type && type.isPrimitive()
				|| parameter.kind() == Kind.DATA && parameter.required())) {
			throw new IllegalArgumentException("Input '" + parameter.name() + "' of workflow '" + this.workflowId
					+ "' is missing; it must be a " + parameter.type().getTypeName());
		}
		try {
			return InputJson.read(given, parameter.type());
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("Input '" + parameter.name() + "' of workflow '" + this.workflowId
					+ "' cannot be read as " + parameter.type().getTypeName() + ": " + ex.getMessage(), ex);
		}
	}

}
