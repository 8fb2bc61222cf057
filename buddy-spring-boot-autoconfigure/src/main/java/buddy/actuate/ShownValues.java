package buddy.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;

import buddy.json.internal.Json;

/**
 * Hides the values of runs from unauthorized callers, and applies the application's
 * sanitizing functions.
 *
 * @param sanitizer applies the sanitizing functions
 * @param shown whether values are shown at all
 */
record ShownValues(Sanitizer sanitizer, boolean shown) {

	@Nullable Object value(String key, @Nullable Object value) {
		return (value != null) ? this.sanitizer.sanitize(new SanitizableData(null, key, value), this.shown) : null;
	}

	/** Returns the values; the names of parameters are always shown. */
	Map<String, @Nullable Object> values(String json) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		Json.readMap(json).forEach((key, value) -> values.put(key, value(key, value)));
		return values;
	}

}
