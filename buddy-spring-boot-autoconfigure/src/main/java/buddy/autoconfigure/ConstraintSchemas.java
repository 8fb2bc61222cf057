package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.validation.Validator;
import jakarta.validation.metadata.CascadableDescriptor;
import jakarta.validation.metadata.ConstraintDescriptor;
import jakarta.validation.metadata.ContainerDescriptor;
import jakarta.validation.metadata.ContainerElementTypeDescriptor;
import jakarta.validation.metadata.ElementDescriptor;
import jakarta.validation.metadata.MethodDescriptor;
import jakarta.validation.metadata.ParameterDescriptor;
import jakarta.validation.metadata.PropertyDescriptor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

import buddy.json.internal.InputJson;

/**
 * Adds Bean Validation constraints to a JSON Schema: those of parameters, of their
 * elements, and of beans validated by cascade. What a schema cannot express is left out,
 * so that it accepts more, not less.
 */
final class ConstraintSchemas {

	private static final String CHOICES = "anyOf";

	private static final Set<String> NOT_NULL = Set.of("jakarta.validation.constraints.NotNull",
			"jakarta.validation.constraints.NotEmpty", "jakarta.validation.constraints.NotBlank");

	private static final String COMPOSITION = "org.hibernate.validator.constraints.ConstraintComposition";

	private final Validator validator;

	private final Class<?>[] groups;

	private final Map<String, Object> root;

	private final Set<String> definitions = new HashSet<>();

	ConstraintSchemas(Validator validator, Class<?>[] groups, Map<String, Object> root) {
		this.validator = validator;
		this.groups = groups.clone();
		this.root = root;
	}

	void describe(Class<?> workflowClass, Method method, String[] names) {
		MethodDescriptor described = this.validator.getConstraintsForClass(workflowClass)
			.getConstraintsForMethod(method.getName(), method.getParameterTypes());
		Map<String, Object> parameters = map(this.root.get("properties"));
		if (described == null || parameters == null) {
			return;
		}
		List<ParameterDescriptor> each = described.getParameterDescriptors();
		for (int i = 0; i < each.size(); i++) {
			JavaType type = InputJson.type(BeanValidationConstraints.parameterType(workflowClass, method, i));
			if (element(parameters, names[i], each.get(i), type)) {
				require(this.root, names[i]);
			}
		}
	}

	/** Adds the constraints of an element and returns whether it is required. */
	private boolean element(Map<String, Object> owner, String key, ElementDescriptor element, JavaType type) {
		if (map(owner.get(key)) == null) {
			return false;
		}
		List<ConstraintDescriptor<?>> constraints = constraints(element);
		boolean required = constraints.stream()
			.anyMatch((constraint) -> NOT_NULL.contains(constraint.getAnnotation().annotationType().getName()));
		if (required && !type.isReferenceType()) {
			owner.put(key, withoutNull(map(owner.get(key))));
		}
		for (Map<String, Object> schema : choices(map(owner.get(key)))) {
			constraints.forEach((constraint) -> ConstraintKeywords.add(schema, constraint));
			if (element instanceof ContainerDescriptor container) {
				container.getConstrainedContainerElementTypes().forEach((part) -> part(owner, key, schema, part, type));
			}
			if (element instanceof CascadableDescriptor cascadable && cascadable.isCascaded()) {
				bean(schema, type);
			}
		}
		return required && !type.isReferenceType();
	}

	private void part(Map<String, Object> owner, String key, Map<String, Object> schema,
			ContainerElementTypeDescriptor part, JavaType type) {
		JavaType content = type.getContentType();
		if (type.isReferenceType() && content != null) {
			Map<String, Object> holder = new HashMap<>(Map.of(key, schema));
			element(holder, key, part, content);
		}
		else if (type.isMapLikeType()) {
			boolean ofKey = part.getTypeArgumentIndex() == 0;
			if (ofKey) {
				Map<String, Object> names = new LinkedHashMap<>(Map.of("type", "string"));
				constraints(part).forEach((constraint) -> ConstraintKeywords.add(names, constraint));
				names.remove("type");
				if (!names.isEmpty()) {
					schema.putIfAbsent("propertyNames", names);
				}
			}
			else if (content != null) {
				element(schema, "additionalProperties", part, content);
			}
		}
		else if (content != null) {
			element(schema, "items", part, content);
		}
	}

	/**
	 * Adds the constraints of a bean; {@code @Valid} on a container applies to its
	 * elements.
	 */
	private void bean(Map<String, Object> schema, JavaType type) {
		JavaType content = type.getContentType();
		if (type.isReferenceType() && content != null) {
			bean(schema, content);
		}
		else if (type.isContainerType() && content != null) {
			Map<String, Object> parts = map(schema.get(type.isMapLikeType() ? "additionalProperties" : "items"));
			choices(parts).forEach((part) -> bean(part, content));
		}
		else {
			properties(schema, type);
		}
	}

	private void properties(Map<String, Object> schema, JavaType type) {
		if (schema.get("$ref") instanceof String reference) {
			Map<String, Object> known = map(this.root.get("$defs"));
			Map<String, Object> target = (known != null) ? map(known.get(reference.replaceFirst("^#/\\$defs/", "")))
					: null;
			if (target != null && this.definitions.add(reference)) {
				properties(target, type);
			}
			return;
		}
		Map<String, Object> properties = map(schema.get("properties"));
		if (properties == null) {
			return;
		}
		Map<String, InputJson.Property> known = InputJson.properties(type);
		for (PropertyDescriptor constrained : this.validator.getConstraintsForClass(type.getRawClass())
			.getConstrainedProperties()) {
			InputJson.Property property = known.get(constrained.getPropertyName());
			if (property != null && element(properties, property.name(), constrained, property.type())) {
				require(schema, property.name());
			}
		}
	}

	private List<ConstraintDescriptor<?>> constraints(ElementDescriptor element) {
		List<ConstraintDescriptor<?>> all = new ArrayList<>();
		element.findConstraints()
			.unorderedAndMatchingGroups(this.groups)
			.getConstraintDescriptors()
			.forEach((constraint) -> add(all, constraint));
		return all;
	}

	/**
	 * Adds a constraint with those it is composed of, which all apply unless it is
	 * declared otherwise.
	 */
	private static void add(List<ConstraintDescriptor<?>> all, ConstraintDescriptor<?> constraint) {
		all.add(constraint);
		boolean each = Arrays.stream(constraint.getAnnotation().annotationType().getAnnotations())
			.noneMatch((annotation) -> annotation.annotationType().getName().equals(COMPOSITION));
		if (each) {
			constraint.getComposingConstraints().forEach((part) -> add(all, part));
		}
	}

	private static Map<String, Object> withoutNull(@Nullable Map<String, Object> schema) {
		if (schema == null || !(schema.get(CHOICES) instanceof List<?> choices)) {
			return (schema != null) ? schema : Map.of();
		}
		List<?> others = choices.stream().filter((choice) -> !isNull(choice)).toList();
		Map<String, Object> only = (others.size() == 1) ? map(others.get(0)) : null;
		if (only == null) {
			schema.put(CHOICES, new ArrayList<>(others));
			return schema;
		}
		schema.remove(CHOICES);
		only.forEach(schema::putIfAbsent);
		return schema;
	}

	/** Returns the schema itself, or its alternatives other than {@code null}. */
	private static List<Map<String, Object>> choices(@Nullable Map<String, Object> schema) {
		if (schema == null) {
			return List.of();
		}
		if (!(schema.get(CHOICES) instanceof List<?> choices)) {
			return List.of(schema);
		}
		List<Map<String, Object>> others = new ArrayList<>();
		for (Object choice : choices) {
			Map<String, Object> other = map(choice);
			if (other != null && !isNull(choice)) {
				others.add(other);
			}
		}
		return others;
	}

	private static boolean isNull(Object choice) {
		return choice instanceof Map<?, ?> schema && "null".equals(schema.get("type"));
	}

	private static void require(Map<String, Object> schema, String name) {
		List<Object> required = (schema.get("required") instanceof List<?> known) ? new ArrayList<>(known)
				: new ArrayList<>();
		if (!required.contains(name)) {
			required.add(name);
			schema.put("required", required);
		}
	}

	@SuppressWarnings("unchecked") // a JSON object's keys are strings
	private static @Nullable Map<String, Object> map(@Nullable Object value) {
		return (value instanceof Map<?, ?>) ? (Map<String, Object>) value : null;
	}

}
