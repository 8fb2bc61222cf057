package buddy.session;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.Json;
import buddy.json.StorableJson;
import buddy.json.UnstorableValueException;

/**
 * Turns a value into what the next run would read of it, or refuses it.
 */
final class StatePlain {

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
		return of("The session state '" + key + "'", value);
	}

	static void requireFinite(String key, double value) {
		requireFinite("The session state '" + key + "'", Double.valueOf(value));
	}

	static @Nullable Object of(String name, @Nullable Object value) {
		if (value == null || value instanceof Boolean || value instanceof Integer
				|| (value instanceof String text && StorableJson.isStorable(text))) {
			return value;
		}
		if (value instanceof Long number) {
			return (number.intValue() == number) ? (Object) number.intValue() : number;
		}
		return Json.readMap(json(name, value)).get("value");
	}

	/** Writes a value that survives JSON, or refuses it. */
	static String json(String name, @Nullable Object value) {
		requireFinitelyNested(name, value);
		// one level deeper, as it will stand in the whole state
		return StorableJson.require(name, Collections.singletonMap("value", value));
	}

	/** Refuses the value of a key that does not survive JSON, without writing it. */
	static void requireSurvivalOf(String key, @Nullable Object value) {
		if (!(value instanceof String || value instanceof Integer)) {
			requireFinitelyNested("The session state '" + key + "'", value);
		}
	}

	private static void requireFinitelyNested(String name, @Nullable Object value) {
		try {
			requireSurvival(name, value);
		}
		catch (StackOverflowError ex) {
			throw new UnstorableValueException(name, "it is nested without end; flatten it", ex);
		}
	}

	private static void requireSurvival(String name, @Nullable Object value) {
		if (value == null || value instanceof CharSequence || value instanceof Boolean) {
			return;
		}
		if (value instanceof Number number) {
			requireFinite(name, number);
			return;
		}
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> requireSurvival(name, item));
		}
		else if (value instanceof Collection<?> items) {
			items.forEach((item) -> requireSurvival(name, item));
		}
		else if (value.getClass().isArray()) {
			for (int i = 0; i < Array.getLength(value); i++) {
				requireSurvival(name, Array.get(value, i));
			}
		}
		else {
			requireRoundTrip(name, value);
		}
	}

	private static void requireFinite(String name, Number number) {
		boolean big = number instanceof BigDecimal || number instanceof BigInteger;
		if (!big && !Double.isFinite(number.doubleValue())) {
			throw new UnstorableValueException(name, "JSON has no " + number + "; put a finite number or a string");
		}
	}

	/**
	 * A record, bean, enum, date: its JSON must give an object back with the same JSON.
	 */
	private static void requireRoundTrip(String name, Object value) {
		String type = value.getClass().getName();
		try {
			String json = Json.write(value);
			Object back = Json.convert(Json.readPlain(json), value.getClass());
			if (json.equals("{}") || !Json.tree(back).equals(Json.readTree(json))) {
				throw new UnstorableValueException(name,
						"a " + type + " does not survive JSON; put a string, a number, a list, a map or a record");
			}
		}
		catch (UnstorableValueException ex) {
			throw ex;
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw new UnstorableValueException(name,
					"a " + type + " does not survive JSON; put a string, a number, a list, a map or a record", ex);
		}
	}

}
