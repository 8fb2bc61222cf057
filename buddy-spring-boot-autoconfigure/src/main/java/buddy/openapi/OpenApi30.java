package buddy.openapi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Converts an OpenAPI 3.1 document, whose schemas are JSON Schema, to 3.0. What 3.0
 * cannot express is left out, so that its schemas accept more, not less.
 */
final class OpenApi30 {

	private static final Set<String> UNKNOWN = Set.of("propertyNames", "$schema");

	/** Objects whose field names are not keywords. */
	private static final Set<String> NAMES = Set.of("properties", "schemas");

	/** Keywords whose values are plain JSON. */
	private static final Set<String> VALUES = Set.of("enum", "default", "example");

	private static final String REFERENCE = "$ref";

	private static final String NULLABLE = "nullable";

	private static final Map<String, String> NULL = Map.of("type", "null");

	private OpenApi30() {
	}

	static @Nullable Object of(@Nullable Object value) {
		if (value instanceof List<?> list) {
			return list.stream().map(OpenApi30::of).toList();
		}
		return (value instanceof Map<?, ?> map) ? ofFields(map) : value;
	}

	private static Map<String, @Nullable Object> ofFields(Map<?, ?> fields) {
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		fields.forEach((key, item) -> {
			String name = String.valueOf(key);
			if (!UNKNOWN.contains(name)) {
				copy.put(name, VALUES.contains(name) ? item
						: (NAMES.contains(name) && item instanceof Map<?, ?> named) ? ofNamed(named) : of(item));
			}
		});
		types(copy);
		nullableChoice(copy);
		constant(copy);
		exclusive(copy, "exclusiveMinimum", "minimum");
		exclusive(copy, "exclusiveMaximum", "maximum");
		reference(copy);
		copy.remove("not", NULL);
		return copy;
	}

	private static Map<String, @Nullable Object> ofNamed(Map<?, ?> named) {
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		named.forEach((name, item) -> copy.put(String.valueOf(name), of(item)));
		return copy;
	}

	private static void types(Map<String, @Nullable Object> schema) {
		if (!(schema.get("type") instanceof List<?> types)) {
			return;
		}
		List<?> others = types.stream().filter((type) -> !"null".equals(type)).toList();
		if (others.size() == 1) {
			schema.put("type", others.get(0));
		}
		else {
			schema.remove("type");
			schema.putIfAbsent("anyOf", others.stream().map((type) -> Map.of("type", type)).toList());
		}
		if (others.size() < types.size()) {
			schema.put(NULLABLE, true);
		}
	}

	private static void nullableChoice(Map<String, @Nullable Object> schema) {
		if (schema.get("anyOf") instanceof List<?> choices && choices.contains(NULL)) {
			List<Object> others = new ArrayList<>(choices);
			others.remove(NULL);
			schema.remove("anyOf");
			schema.put(NULLABLE, true);
			if (others.size() == 1 && others.get(0) instanceof Map<?, ?> other && !other.containsKey(REFERENCE)
					&& !other.containsKey("enum") && other.keySet().stream().noneMatch(schema::containsKey)) {
				other.forEach((name, value) -> schema.put(String.valueOf(name), value));
			}
			else {
				schema.put((others.size() == 1) ? "allOf" : "anyOf", others);
			}
		}
	}

	private static void constant(Map<String, @Nullable Object> schema) {
		if (schema.containsKey("const")) {
			schema.put("enum", Collections.singletonList(schema.remove("const")));
		}
	}

	/** Converts an exclusive limit to a limit with a flag. */
	private static void exclusive(Map<String, @Nullable Object> schema, String exclusive, String limit) {
		if (schema.get(exclusive) instanceof Number number) {
			schema.put(limit, number);
			schema.put(exclusive, true);
		}
	}

	/** Wraps a reference, since keywords beside it would be ignored. */
	private static void reference(Map<String, @Nullable Object> schema) {
		if (schema.size() > 1 && schema.get(REFERENCE) instanceof String reference) {
			schema.remove(REFERENCE);
			schema.put("allOf", List.of(Map.of(REFERENCE, reference)));
		}
	}

}
