package buddy.workflow.internal.definition;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.json.internal.InputMismatchException;
import buddy.json.internal.StrictJson;
import buddy.workflow.InvalidInputException;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.WorkflowScope;

/**
 * Converts input by name to the arguments of {@code run()}.
 */
public final class InputBinder {

	private final String workflowId;

	private final RunMethod method;

	public InputBinder(String workflowId, RunMethod method) {
		this.workflowId = workflowId;
		this.method = method;
	}

	public @Nullable Object[] bind(Map<String, ? extends @Nullable Object> input) {
		requireSupplied();
		requireKnown(input.keySet());
		return this.method.parameters().stream().map((parameter) -> argument(parameter, input)).toArray();
	}

	private void requireSupplied() {
		for (InputParameter parameter : this.method.parameters()) {
			if (parameter.isUnsupplied()) {
				throw new InvalidInputException(
						"Workflow '" + this.workflowId
								+ "' cannot be run with input by name: no input gives its parameter '"
								+ parameter.name() + "' (" + parameter.type().getTypeName()
								+ "); call its bean from Java, or mark the parameter as nullable if it may be left out",
						parameter.name(), Set.of(), null);
			}
		}
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
			throw new InvalidInputException(
					"Workflow '" + this.workflowId + "' has no input " + unknown + "; it has " + known,
					unknown.iterator().next(), known, null);
		}
	}

	private @Nullable Object argument(InputParameter parameter, Map<String, ? extends @Nullable Object> input) {
		String name = parameter.name();
		Object given = input.get(name);
		WorkflowScope scope = WorkflowScope.current();
		if (parameter.kind() == Kind.SESSION_ID && scope.sessionId() != null) {
			given = scope.sessionId();
		}
		if (parameter.kind() == Kind.USER_ID && scope.userId() != null) {
			given = scope.userId();
		}
		Type type = parameter.type();
		if (given == null && (type instanceof Class<?> primitive && primitive.isPrimitive()
				|| parameter.kind() == Kind.DATA && parameter.required())) {
			throw new InvalidInputException("Input '" + name + "' of workflow '" + this.workflowId
					+ "' is missing; it must be a " + type.getTypeName(), name, Set.of(), null);
		}
		if (parameter.kind() == Kind.NOT_RECORDED) {
			return absent(ResolvableType.forType(type).toClass());
		}
		try {
			return StrictJson.convert(given, type);
		}
		catch (InputMismatchException ex) {
			String path = ex.path().isEmpty() || ex.path().startsWith("[") ? name + ex.path() : name + "." + ex.path();
			throw new InvalidInputException(
					"Input '" + path + "' of workflow '" + this.workflowId + "' " + ex.getMessage(), path,
					ex.knownFields(), ex);
		}
	}

	/**
	 * Returns the value of a parameter that input cannot supply and that may be absent.
	 */
	private static @Nullable Object absent(Class<?> type) {
		return type.getName().startsWith("java.util.Optional")
				? ((type == Optional.class) ? Optional.empty() : StrictJson.convert(null, type)) : null;
	}

}
