package buddy.workflow;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import buddy.json.internal.InputJson;
import buddy.json.internal.JsonSchemas;

/**
 * What is known of a workflow from its class and settings.
 *
 * @param workflowId its id, stable over restarts and nodes
 * @param name its name for people
 * @param description what it does, or an empty text
 * @param workflowClass its class
 * @param parameters what {@code run()} takes as input, in order
 * @param returnType what {@code run()} returns
 * @param constraints adds to the schema of the input what its types do not say
 */
public record WorkflowDescriptor(String workflowId, String name, String description,
		Class<? extends Workflow> workflowClass, List<InputParameter> parameters, Type returnType,
		UnaryOperator<Map<String, Object>> constraints) {

	/**
	 * Copies the parameters.
	 */
	public WorkflowDescriptor {
		parameters = List.copyOf(parameters);
	}

	/**
	 * Describes a workflow whose input has no constraints but its types.
	 * @param workflowId its id
	 * @param name its name for people
	 * @param description what it does, or an empty text
	 * @param workflowClass its class
	 * @param parameters what {@code run()} takes as input, in order
	 * @param returnType what {@code run()} returns
	 */
	public WorkflowDescriptor(String workflowId, String name, String description,
			Class<? extends Workflow> workflowClass, List<InputParameter> parameters, Type returnType) {
		this(workflowId, name, description, workflowClass, parameters, returnType, UnaryOperator.identity());
	}

	/**
	 * Returns the JSON Schema (draft 2020-12) of the workflow's input: an object with the
	 * parameters of {@code run()} that carry data, and nothing else. Session and user
	 * come beside the input.
	 * @return the schema as plain maps and lists; a new copy each time
	 */
	public Map<String, Object> inputSchema() {
		return this.constraints.apply(JsonSchemas.ofObject(this.parameters.stream()
			.filter((parameter) -> parameter.kind() == InputParameter.Kind.DATA)
			.map((parameter) -> new JsonSchemas.Property(parameter.name(), parameter.type(), parameter.required(),
					parameter.description()))
			.toList()));
	}

	/**
	 * Returns the parameters that need a value which input by name cannot give, such as a
	 * request, a stream, a callback or one that is marked {@link NotRecorded}. A workflow
	 * that has any is called from Java only: REST, MCP and OpenAPI leave it out.
	 * @return the parameters, in order; empty if the workflow can be run by input
	 */
	public List<InputParameter> unsuppliedParameters() {
		return this.parameters.stream().filter(InputParameter::isUnsupplied).toList();
	}

	/**
	 * One parameter of {@code run()}.
	 *
	 * @param name its name in the recorded input
	 * @param type its type
	 * @param kind what it carries
	 * @param required whether input must have it: unless it is an {@code Optional}, is
	 * marked nullable, or is nullable or has a default in Kotlin
	 * @param description what it is for, from {@code @JsonPropertyDescription}, or
	 * {@code null}
	 */
	public record InputParameter(String name, Type type, Kind kind, boolean required, @Nullable String description) {

		/**
		 * Tells whether nothing over HTTP or MCP can supply the parameter.
		 * @return whether it is so
		 */
		public boolean isUnsupplied() {
			return this.required && (this.kind == Kind.NOT_RECORDED
					|| this.kind == Kind.DATA && !isPlain(this.type) && InputJson.unreadable(this.type) != null);
		}

		/** For most workflows a start need not wait for Jackson. */
		private static boolean isPlain(Type type) {
			return type instanceof Class<?> plain && (plain == String.class || ClassUtils.isPrimitiveOrWrapper(plain));
		}

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
