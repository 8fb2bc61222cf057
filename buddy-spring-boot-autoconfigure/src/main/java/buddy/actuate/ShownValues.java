package buddy.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;

import buddy.json.internal.Json;

/**
 * Hides the values of runs from those who may not see them, and those that the
 * application's sanitizing functions hide from everybody.
 *
 * @param sanitizer hides values
 * @param shown whether values are shown at all
 */
record ShownValues(Sanitizer sanitizer, boolean shown) {

	@Nullable Object value(String key, @Nullable Object value) {
		return (value != null) ? this.sanitizer.sanitize(new SanitizableData(null, key, value), this.shown) : null;
	}

	/** The names of parameters are shown in any case. */
	Map<String, @Nullable Object> values(String json) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		Json.readMap(json).forEach((key, value) -> values.put(key, value(key, value)));
		return values;
	}

}
