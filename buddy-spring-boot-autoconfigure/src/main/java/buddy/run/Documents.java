package buddy.run;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Typed reads and writes of the JSON objects behind the records of a run.
 */
final class Documents {

	private Documents() {
	}

	/** Copies a map, keeps its order, leaves nulls out. */
	static Map<String, @Nullable Object> copy(Map<String, ? extends @Nullable Object> fields) {
		if (fields.isEmpty()) {
			return Map.of();
		}
		Map<String, @Nullable Object> copy = new LinkedHashMap<>(fields);
		copy.values().removeIf((value) -> value == null);
		return Collections.unmodifiableMap(copy);
	}

	/** Copies a map with its order and its nulls. */
	static Map<String, @Nullable Object> copyWithNulls(Map<String, ? extends @Nullable Object> fields) {
		return Collections.unmodifiableMap(new LinkedHashMap<>(fields));
	}

	static void put(Map<String, @Nullable Object> fields, String name, @Nullable Object value) {
		if (value != null) {
			fields.put(name, value);
		}
	}

	static @Nullable String takeText(Map<String, @Nullable Object> fields, String name) {
		Object value = fields.remove(name);
		return (value != null) ? value.toString() : null;
	}

	static @Nullable Instant takeSeconds(Map<String, @Nullable Object> fields, String name) {
		Object value = fields.remove(name);
		return (value instanceof Number number) ? time(name, number.longValue()) : null;
	}

	static Instant time(String name, long seconds) {
		try {
			return Instant.ofEpochSecond(seconds);
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException(
					"The field '" + name + "' must be Unix seconds, and " + seconds + " is too far away", ex);
		}
	}

	@SuppressWarnings("unchecked") // the keys of a JSON object are strings
	static @Nullable Map<String, @Nullable Object> asMap(@Nullable Object value) {
		return (Map<String, @Nullable Object>) value;
	}

}
