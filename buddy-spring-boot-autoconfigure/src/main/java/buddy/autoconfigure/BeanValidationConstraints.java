package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.MethodValidationAdapter;
import org.springframework.validation.method.MethodValidationException;
import tools.jackson.databind.JavaType;

import buddy.json.internal.InputJson;
import buddy.workflow.InputConstraints;
import buddy.workflow.InvalidInputException.Fault;
import buddy.workflow.Workflow;
import buddy.workflow.internal.definition.RunMethod;

/**
 * Applies Bean Validation to the arguments of {@code @Validated} workflows, with the same
 * exception as Spring's method validation.
 */
final class BeanValidationConstraints implements InputConstraints {

	private final Supplier<Validator> validator;

	private final Supplier<MethodValidationAdapter> adapter;

	private final boolean adapted;

	/**
	 * Creates an instance.
	 * @param validator supplies the validator
	 * @param adapted whether Spring's exception is thrown instead of Bean Validation's
	 */
	BeanValidationConstraints(Supplier<Validator> validator, boolean adapted) {
		this.validator = validator;
		this.adapter = SingletonSupplier.of(() -> new MethodValidationAdapter(validator.get()));
		this.adapted = adapted;
	}

	@Override
	public boolean applyTo(Class<? extends Workflow> workflowClass) {
		return AnnotatedElementUtils.hasAnnotation(workflowClass, Validated.class);
	}

	@Override
	public @Nullable Refusal check(Workflow workflow, Method method, @Nullable Object[] arguments) {
		MethodValidationAdapter checks = Objects.requireNonNull(this.adapter.get());
		Class<?>[] groups = checks.determineValidationGroups(workflow, method);
		Set<ConstraintViolation<Object>> violations = checks.invokeValidatorForArguments(workflow, method, arguments,
				groups);
		if (violations.isEmpty()) {
			return null;
		}
		List<Fault> faults = violations.stream()
			.map((violation) -> new Fault(path(workflow.getClass(), method, violation), violation.getMessage()))
			.sorted(Comparator.comparing(Fault::path).thenComparing(Fault::message))
			.toList();
		return new Refusal(faults, this.adapted ? adapted(checks, workflow, method, arguments, groups)
				: new ConstraintViolationException(violations));
	}

	@Override
	public List<Fault> check(Object answer) {
		JavaType type = InputJson.type(answer.getClass());
		return this.validator.get()
			.validate(answer)
			.stream()
			.map((violation) -> new Fault(path(type, (index) -> "", violation, (index) -> type),
					violation.getMessage()))
			.sorted(Comparator.comparing(Fault::path).thenComparing(Fault::message))
			.toList();
	}

	private static MethodValidationException adapted(MethodValidationAdapter checks, Workflow workflow, Method method,
			@Nullable Object[] arguments, Class<?>[] groups) {
		return new MethodValidationException(checks.validateArguments(workflow, method, null, arguments, groups));
	}

	@Override
	public void describe(Class<? extends Workflow> workflowClass, Method method, Map<String, Object> schema) {
		Class<?>[] groups = groups(workflowClass, method);
		new ConstraintSchemas(this.validator.get(), groups, schema).describe(workflowClass, method, names(method));
	}

	/**
	 * Determines the groups like {@link MethodValidationAdapter}, which requires an
	 * instance.
	 */
	private static Class<?>[] groups(Class<?> type, Method method) {
		Validated validated = AnnotatedElementUtils.findMergedAnnotation(method, Validated.class);
		if (validated == null) {
			validated = AnnotatedElementUtils.findMergedAnnotation(type, Validated.class);
		}
		return (validated != null) ? validated.value() : new Class<?>[0];
	}

	private static String[] names(Method method) {
		@Nullable String[] names = new DefaultParameterNameDiscoverer()
			.getParameterNames(BridgeMethodResolver.findBridgedMethod(method));
		String[] known = new String[method.getParameterCount()];
		for (int i = 0; i < known.length; i++) {
			String name = (names != null && names[i] != null) ? String.valueOf(names[i]) : "arg" + i;
			known[i] = RunMethod.inputName(new SynthesizingMethodParameter(method, i), name);
		}
		return known;
	}

	/** Returns the path with JSON names, like all paths in input. */
	private static String path(Class<?> workflowClass, Method method, ConstraintViolation<?> violation) {
		String path = path(null, (index) -> names(method)[index], violation,
				(index) -> InputJson.type(parameterType(workflowClass, method, index)));
		return path.isEmpty() ? method.getName() : path;
	}

	private static String path(@Nullable JavaType root, IntFunction<String> names, ConstraintViolation<?> violation,
			IntFunction<JavaType> types) {
		StringBuilder path = new StringBuilder();
		JavaType type = root;
		for (Path.Node node : violation.getPropertyPath()) {
			if (node.isInIterable()) {
				Object at = (node.getIndex() != null) ? node.getIndex() : node.getKey();
				path.append('[').append((at != null) ? at : "").append(']');
				type = (type != null) ? type.getContentType() : null;
			}
			if (node.getKind() == ElementKind.PARAMETER) {
				int index = node.as(Path.ParameterNode.class).getParameterIndex();
				path.append(names.apply(index));
				type = types.apply(index);
			}
			else if (node.getKind() == ElementKind.PROPERTY) {
				InputJson.Property property = (type != null) ? InputJson.properties(content(type)).get(node.getName())
						: null;
				path.append(path.isEmpty() ? "" : ".").append((property != null) ? property.name() : node.getName());
				type = (property != null) ? property.type() : null;
			}
		}
		return path.toString();
	}

	private static JavaType content(JavaType type) {
		return type.isReferenceType() ? type.getContentType() : type;
	}

	static Type parameterType(Class<?> workflowClass, Method method, int index) {
		MethodParameter parameter = new MethodParameter(method, index);
		return GenericTypeResolver.resolveType(parameter.getGenericParameterType(),
				ClassUtils.getUserClass(workflowClass));
	}

}
