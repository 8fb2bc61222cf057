package buddy.session;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.RoundTrip;
import buddy.json.internal.StorableJson;

/**
 * Converts a value to the plain form in which the next run will read it, or refuses it.
 */
final class StatePlain {

	private static final String WHOLE = "The session state";

	private StatePlain() {
	}

	/** Returns the plain copy of the value of a key. */
	static @Nullable Object require(String key, @Nullable Object value) {
		if (key == null) {
			throw new IllegalArgumentException("'key' must not be null");
		}
		if (!StorableJson.isStorable(key)) {
			StorableJson.require("The session state's key", key);
		}
		return of(key, value);
	}

	/** Returns the plain copy of a whole state. */
	static @Nullable Object whole(Object state) {
		RoundTrip.require(WHOLE, "", state);
		return Json.readPlain(StorableJson.require(WHOLE, state));
	}

	private static @Nullable Object of(String key, @Nullable Object value) {
		if (value == null || value instanceof Boolean || value instanceof Integer
				|| (value instanceof String text && StorableJson.isStorable(text))) {
			return value;
		}
		if (value instanceof Long number) {
			return (number.intValue() == number) ? (Object) number.intValue() : number;
		}
		return Json.readPlain(json(key, value));
	}

	/**
	 * Writes the value of a key as JSON, or refuses a value that cannot be read back from
	 * it.
	 */
	static String json(String key, @Nullable Object value) {
		requireSurvivalOf(key, value);
		return StorableJson.requireMember(name(key), key, value);
	}

	/** Refuses the value of a key if it cannot be read back from JSON. */
	static void requireSurvivalOf(String key, @Nullable Object value) {
		if (!(value instanceof String || value instanceof Integer)) {
			RoundTrip.require(name(key), key, value);
		}
	}

	private static String name(String key) {
		return "The session state '" + key + "'";
	}

}
