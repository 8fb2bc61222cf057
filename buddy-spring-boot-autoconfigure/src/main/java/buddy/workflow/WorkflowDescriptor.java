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
 * Describes a workflow, as derived from its class and settings.
 *
 * @param workflowId its id, the same after restarts and on all nodes
 * @param name its display name
 * @param description its description, or an empty string
 * @param workflowClass its class
 * @param parameters the parameters of {@code run()}, in order
 * @param returnType the return type of {@code run()}
 * @param constraints adds constraints that its types do not express to the schema of the
 * input
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
	 * Creates the descriptor of a workflow whose input has no constraints other than its
	 * types.
	 * @param workflowId its id
	 * @param name its display name
	 * @param description its description, or an empty string
	 * @param workflowClass its class
	 * @param parameters the parameters of {@code run()}, in order
	 * @param returnType the return type of {@code run()}
	 */
	public WorkflowDescriptor(String workflowId, String name, String description,
			Class<? extends Workflow> workflowClass, List<InputParameter> parameters, Type returnType) {
		this(workflowId, name, description, workflowClass, parameters, returnType, UnaryOperator.identity());
	}

	/**
	 * Returns the JSON Schema (draft 2020-12) of the workflow's input: an object with the
	 * parameters of {@code run()} that hold data, and no others. Session and user are
	 * passed separately from the input.
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
	 * Returns the parameters that require a value which input by name cannot supply, such
	 * as a request, a stream, a callback or a parameter marked {@link NotRecorded}. A
	 * workflow with such parameters can be called from Java only; REST, MCP and OpenAPI
	 * do not publish it.
	 * @return the parameters, in order; empty if the workflow can be run with input by
	 * name
	 */
	public List<InputParameter> unsuppliedParameters() {
		return this.parameters.stream().filter(InputParameter::isUnsupplied).toList();
	}

	/**
	 * A parameter of {@code run()}.
	 *
	 * @param name its name in the recorded input
	 * @param type its type
	 * @param kind the kind of value it holds
	 * @param required whether input must contain it: {@code false} if it is an
	 * {@code Optional}, is marked nullable, or is nullable or has a default in Kotlin
	 * @param description its description, from {@code @JsonPropertyDescription}, or
	 * {@code null}
	 */
	public record InputParameter(String name, Type type, Kind kind, boolean required, @Nullable String description) {

		/**
		 * Returns whether the parameter is required, but cannot be supplied over HTTP or
		 * MCP.
		 * @return whether the parameter cannot be supplied
		 */
		public boolean isUnsupplied() {
			return this.required && (this.kind == Kind.NOT_RECORDED
					|| this.kind == Kind.DATA && !isPlain(this.type) && InputJson.unreadable(this.type) != null);
		}

		/**
		 * Plain types are recognized without Jackson, so that for most workflows startup
		 * need not wait for it.
		 */
		private static boolean isPlain(Type type) {
			return type instanceof Class<?> plain && (plain == String.class || ClassUtils.isPrimitiveOrWrapper(plain));
		}

		/**
		 * The kind of value that a parameter holds.
		 */
		public enum Kind {

			/** Input, recorded as JSON. */
			DATA,

			/** The id of the session. */
			SESSION_ID,

			/** The id of the user. */
			USER_ID,

			/** A value that is recorded as omitted. */
			NOT_RECORDED

		}

	}

}
