package buddy.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Says in OpenAPI 3.0 what was said in 3.1, whose schemas are JSON Schema.
 */
final class OpenApi30 {

	private static final Set<String> UNKNOWN = Set.of("propertyNames", "$schema");

	private OpenApi30() {
	}

	static @Nullable Object of(@Nullable Object value) {
		if (value instanceof List<?> list) {
			return list.stream().map(OpenApi30::of).toList();
		}
		if (!(value instanceof Map<?, ?> map)) {
			return value;
		}
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		map.forEach((key, item) -> {
			if (!UNKNOWN.contains(key)) {
				copy.put(String.valueOf(key), of(item));
			}
		});
		nullableType(copy);
		nullableChoice(copy);
		return copy;
	}

	private static void nullableType(Map<String, @Nullable Object> schema) {
		if (schema.get("type") instanceof List<?> types) {
			types.stream()
				.filter((type) -> !"null".equals(type))
				.findFirst()
				.ifPresent((type) -> schema.put("type", type));
			schema.put("nullable", types.contains("null"));
		}
		if (schema.containsKey("const")) {
			Object only = schema.remove("const");
			schema.put("enum", (only != null) ? List.of(only) : List.of());
		}
	}

	private static void nullableChoice(Map<String, @Nullable Object> schema) {
		if (schema.get("anyOf") instanceof List<?> choices && choices.contains(Map.of("type", "null"))) {
			List<Object> others = new ArrayList<>(choices);
			others.remove(Map.of("type", "null"));
			schema.remove("anyOf");
			schema.put((others.size() == 1) ? "allOf" : "anyOf", others);
			schema.put("nullable", true);
		}
	}

}
