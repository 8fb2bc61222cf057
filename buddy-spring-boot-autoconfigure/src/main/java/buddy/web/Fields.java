package buddy.web;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Typed access to the fields of a JSON object in a request.
 *
 * @param path the path of the object in the body, such as {@code session.}
 * @param values the fields
 */
record Fields(String path, Map<String, ? extends @Nullable Object> values) {

	/** Returns the fields of the body itself. */
	static Fields of(Map<String, ? extends @Nullable Object> body) {
		return new Fields("", body);
	}

	/** Refuses unknown fields. */
	Fields only(String... names) {
		Set<String> known = new TreeSet<>(Set.of(names));
		for (String name : this.values.keySet()) {
			if (!known.contains(name)) {
				throw Problems
					.invalidInput(this.path + name,
							"The body has no field '" + this.path + name + "'; there are " + known)
					.with("known_fields", java.util.List.copyOf(known))
					.refusal();
			}
		}
		return this;
	}

	@Nullable String text(String name) {
		Object value = this.values.get(name);
		if (value != null && !(value instanceof String)) {
			throw mismatch(name, "a text");
		}
		return (String) value;
	}

	@SuppressWarnings("unchecked") // a JSON object's keys are strings
	Map<String, @Nullable Object> object(String name) {
		Object value = this.values.get(name);
		if (value == null) {
			return Map.of();
		}
		if (!(value instanceof Map<?, ?>)) {
			throw mismatch(name, "an object");
		}
		return (Map<String, @Nullable Object>) value;
	}

	/** Returns a field that is {@code true} or {@code false}. */
	@Nullable Boolean flag(String name) {
		Object value = this.values.get(name);
		if (value != null && !(value instanceof Boolean)) {
			throw mismatch(name, "true or false");
		}
		return (Boolean) value;
	}

	boolean has(String name) {
		return this.values.containsKey(name);
	}

	Problem.Refusal mismatch(String name, String wanted) {
		String at = this.path + name;
		return Problems.invalidInput(at, "The field '" + at + "' must be " + wanted).refusal();
	}

}
