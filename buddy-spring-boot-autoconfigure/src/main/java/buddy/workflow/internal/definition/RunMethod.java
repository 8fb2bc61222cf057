package buddy.workflow.internal.definition;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.util.ClassUtils;

import buddy.json.internal.StorableJson;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.NotRecorded;
import buddy.workflow.SessionId;
import buddy.workflow.UserId;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;

/**
 * A {@code run()} or {@code arun()} method, with its parameters and its return type.
 *
 * @param method the method
 * @param parameters its parameters
 * @param returnType its return type, with generics resolved
 */
public record RunMethod(Method method, List<InputParameter> parameters, ResolvableType returnType) {

	private static final List<String> REACTIVE_PACKAGES = List.of("io.reactivex.", "io.smallrye.mutiny.",
			"kotlinx.coroutines.flow.", "rx.", "reactor.core.publisher.");

	/** The optional types other than {@code Optional}, which Spring supports itself. */
	private static final List<Class<?>> OPTIONALS = List.of(OptionalInt.class, OptionalLong.class,
			OptionalDouble.class);

	public static RunMethod of(Class<?> type, Method method) {
		String where = type.getName();
		String signature = method.getName() + "(...)";
		if (Modifier.isPrivate(method.getModifiers()) || Modifier.isFinal(method.getModifiers())
				|| Modifier.isStatic(method.getModifiers())) {
			throw new InvalidWorkflowException(where, "its " + signature + " is "
					+ Modifier.toString(method.getModifiers()) + ", so no proxy can stand before it",
					"Make it public, non-final and non-static.");
		}
		if (method.getDeclaringClass().isInterface()) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " is a default method of " + method.getDeclaringClass().getName()
							+ ", and the aspect stands around methods of classes only",
					"Override it in the class, and call " + method.getDeclaringClass().getSimpleName() + ".super."
							+ signature + " there.");
		}
		requireOverridable(type, method, signature);
		requireNoSuspension(where, method, signature);
		ResolvableType returnType = ResolvableType.forMethodReturnType(method, type);
		requireRecordable(where, signature, returnType.toClass());
		ReactiveAdapter reactive = ReactiveTypes.adapter(returnType);
		if (reactive != null) {
			Class<?> made = reactive.getReactiveType();
			requireMakeable(where, signature, returnType.toClass(), made, made);
		}
		return new RunMethod(method, parameters(type, method), returnType);
	}

	/** Returns the arguments that hold input, as recorded JSON. */
	public String inputJson(String workflowId, @Nullable Object[] arguments) {
		Map<String, String> json = new LinkedHashMap<>();
		for (int i = 0; i < this.parameters.size(); i++) {
			InputParameter parameter = this.parameters.get(i);
			Object argument = arguments[i];
			if (parameter.kind() == Kind.NOT_RECORDED || (parameter.kind() == Kind.DATA && argument != null
					&& !DataTypes.contains(argument.getClass()))) {
				json.put(parameter.name(), StorableJson.require(parameter.name(), omitted(argument)));
			}
			else if (parameter.kind() == Kind.DATA) {
				json.put(parameter.name(),
						StorableJson.requireInput("Input '" + parameter.name() + "' of workflow '" + workflowId + "'",
								parameter.name(), argument));
			}
		}
		return json.entrySet()
			.stream()
			.map((entry) -> StorableJson.require("name", entry.getKey()) + ":" + entry.getValue())
			.collect(Collectors.joining(",", "{", "}"));
	}

	/** Returns the argument that holds an id, as text. */
	public @Nullable String id(Kind kind, @Nullable Object[] arguments) {
		for (int i = 0; i < this.parameters.size(); i++) {
			Object argument = arguments[i];
			if (this.parameters.get(i).kind() == kind && argument != null) {
				return argument.toString();
			}
		}
		return null;
	}

	/**
	 * Returns a copy of the arguments in which the id parameters of type {@code String}
	 * have the run's ids.
	 */
	public @Nullable Object[] withIds(@Nullable Object[] arguments, String sessionId, @Nullable String userId) {
		@Nullable Object[] resolved = arguments.clone();
		for (int i = 0; i < resolved.length; i++) {
			InputParameter parameter = this.parameters.get(i);
			if (parameter.type() == String.class && parameter.kind() == Kind.SESSION_ID) {
				resolved[i] = sessionId;
			}
			if (parameter.type() == String.class && parameter.kind() == Kind.USER_ID) {
				resolved[i] = userId;
			}
		}
		return resolved;
	}

	private static String omitted(@Nullable Object argument) {
		return (argument != null) ? "(not recorded: " + argument.getClass().getSimpleName() + ")"
				: "(not recorded: null)";
	}

	/**
	 * Checks that a proxy, a subclass in the package of the workflow's class, can
	 * override the method.
	 */
	private static void requireOverridable(Class<?> type, Method method, String signature) {
		Class<?> declaring = method.getDeclaringClass();
		boolean visible = Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers());
		if (!visible && !declaring.getPackageName().equals(type.getPackageName())) {
			throw new InvalidWorkflowException(type.getName(),
					"its " + signature + " is package-private in " + declaring.getName()
							+ ", a class of another package, so no proxy can stand before it",
					"Make it public or protected.");
		}
	}

	/** Matched by name, since Kotlin may be absent. */
	private static void requireNoSuspension(String where, Method method, String signature) {
		if (Arrays.stream(method.getParameterTypes())
			.anyMatch((type) -> type.getName().equals("kotlin.coroutines.Continuation"))) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " is a suspend function, which returns before its work is done",
					"Declare it without suspend, and return mono { ... } or future { ... } of kotlinx-coroutines.");
		}
	}

	private static void requireRecordable(String where, String signature, Class<?> returnType) {
		if (Future.class.isAssignableFrom(returnType) && !CompletionStage.class.isAssignableFrom(returnType)) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " returns a plain " + returnType.getSimpleName() + ", whose end nobody tells",
					"Return a CompletableFuture.");
		}
		requireMakeable(where, signature, returnType, CompletionStage.class, CompletableFuture.class);
		requireMakeable(where, signature, returnType, BaseStream.class, Stream.class);
		requireMakeable(where, signature, returnType, Iterator.class, Iterator.class);
		if (isReactive(returnType)) {
			requireReactive(where, signature, returnType);
		}
	}

	/**
	 * Checks that a reactive type can be adapted. Otherwise it would be recorded without
	 * being subscribed to.
	 */
	private static void requireReactive(String where, String signature, Class<?> returnType) {
		if (!ReactiveTypes.REACTOR_PRESENT) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " returns a " + returnType.getSimpleName()
							+ ", and Reactor is not on the class path",
					"Add io.projectreactor:reactor-core, or return a Stream or a CompletableFuture.");
		}
		if (ReactiveTypes.adapter(ResolvableType.forClass(returnType)) == null) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " returns a " + returnType.getName()
							+ ", which Spring's ReactiveAdapterRegistry does not know",
					"Return a Flux or a Mono, or register the type there.");
		}
	}

	/** Matched by name, since the libraries may be absent. */
	private static boolean isReactive(Class<?> type) {
		String name = type.getName();
		return Flow.Publisher.class.isAssignableFrom(type)
				|| ClassUtils.getAllInterfacesForClassAsSet(type)
					.stream()
					.anyMatch((contract) -> contract.getName().equals("org.reactivestreams.Publisher"))
				|| REACTIVE_PACKAGES.stream().anyMatch(name::startsWith);
	}

	/**
	 * Checks that the declared return type allows a wrapper. Results that are recorded
	 * while they are consumed are returned wrapped, so the declared type must not be more
	 * specific than the wrapper.
	 */
	private static void requireMakeable(String where, String signature, Class<?> returnType, Class<?> kind,
			Class<?> made) {
		if (kind.isAssignableFrom(returnType) && !returnType.isAssignableFrom(made)) {
			throw new InvalidWorkflowException(where,
					"its " + signature + " returns a " + returnType.getSimpleName() + ", and only a "
							+ made.getSimpleName() + " can be handed out instead",
					"Return a " + made.getSimpleName() + ".");
		}
	}

	private static List<InputParameter> parameters(Class<?> type, Method method) {
		DefaultParameterNameDiscoverer discoverer = new DefaultParameterNameDiscoverer();
		@Nullable String @Nullable [] names = discoverer.getParameterNames(method);
		if (names == null) {
			throw new InvalidWorkflowException(type.getName(),
					"the parameter names of its " + method.getName() + "(...) are not in the class file",
					"Compile it with -parameters (maven.compiler.parameters=true; Spring Boot's parent and Gradle plugin do it).");
		}
		List<InputParameter> parameters = new ArrayList<>();
		for (int i = 0; i < names.length; i++) {
			MethodParameter parameter = new SynthesizingMethodParameter(method, i).withContainingClass(type);
			Type parameterType = GenericTypeResolver.resolveType(parameter.getGenericParameterType(), type);
			JsonPropertyDescription description = parameter.getParameterAnnotation(JsonPropertyDescription.class);
			parameters.add(new InputParameter(inputName(parameter, String.valueOf(names[i])), parameterType,
					kind(parameter, parameterType),
					!parameter.isOptional() && !OPTIONALS.contains(parameter.getParameterType()),
					(description != null) ? description.value() : null));
		}
		requireDistinct(type, method, parameters);
		return List.copyOf(parameters);
	}

	/**
	 * Returns the name of a parameter in the input: that of {@code @JsonProperty}, if it
	 * has one, or its own.
	 */
	public static String inputName(MethodParameter parameter, String name) {
		JsonProperty property = parameter.getParameterAnnotation(JsonProperty.class);
		return (property != null && !property.value().isEmpty()) ? property.value() : name;
	}

	private static void requireDistinct(Class<?> type, Method method, List<InputParameter> parameters) {
		Set<String> names = new HashSet<>();
		for (InputParameter parameter : parameters) {
			if (!names.add(parameter.name())) {
				throw new InvalidWorkflowException(
						type.getName(), "two parameters of its " + method.getName() + "(...) are called '"
								+ parameter.name() + "' in the input",
						"Give one of them another name in @JsonProperty.");
			}
		}
	}

	private static Kind kind(MethodParameter parameter, Type type) {
		if (parameter.hasParameterAnnotation(SessionId.class)) {
			return Kind.SESSION_ID;
		}
		if (parameter.hasParameterAnnotation(UserId.class)) {
			return Kind.USER_ID;
		}
		return (parameter.hasParameterAnnotation(NotRecorded.class)
				|| !DataTypes.contains(ResolvableType.forType(type))) ? Kind.NOT_RECORDED : Kind.DATA;
	}

}
