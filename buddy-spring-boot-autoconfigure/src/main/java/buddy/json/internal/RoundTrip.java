package buddy.json.internal;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.lang.Contract;
import tools.jackson.databind.JsonNode;

import buddy.json.UnstorableValueException;

/**
 * Checks that a value can be read back from its JSON: a record, bean, enum or date that
 * is read from its JSON must have the same JSON again.
 */
public final class RoundTrip {

	private static final String ADVICE = "; let Jackson read what it writes (a constructor parameter or setter for"
			+ " each property, @JsonCreator, a JacksonModule bean), or keep texts, numbers, lists and maps instead";

	private static final int MAX_SHOWN = 80;

	private final String name;

	private RoundTrip(String name) {
		this.name = name;
	}

	/**
	 * Refuses a value that cannot be read back from its JSON.
	 * @param name the name of the value, for the error
	 * @param root the first part of the path to a problem
	 * @param value the value
	 * @throws UnstorableValueException if another value would be read back
	 */
	public static void require(String name, String root, @Nullable Object value) {
		new RoundTrip(name).require(root, value, 0);
	}

	private void require(String path, @Nullable Object value, int depth) {
		if (isPlain(value)) {
			return;
		}
		if (depth > StorableJson.MAX_DEPTH) {
			throw new UnstorableValueException(this.name,
					"it is nested deeper than " + StorableJson.MAX_DEPTH + " levels or in a circle; flatten it");
		}
		if (value instanceof Number number) {
			requireFinite(path, number);
		}
		else if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> {
				if (!isPlain(item)) {
					require(JsonPaths.join(path, String.valueOf(key)), item, depth + 1);
				}
			});
		}
		else if (value instanceof Collection<?> items) {
			int i = 0;
			for (Object item : items) {
				requireItem(path, i++, item, depth);
			}
		}
		else if (value.getClass().isArray()) {
			for (int i = 0; i < Array.getLength(value); i++) {
				requireItem(path, i, Array.get(value, i), depth);
			}
		}
		else {
			requireSame(path, value);
		}
	}

	private void requireItem(String path, int index, @Nullable Object item, int depth) {
		if (!isPlain(item)) {
			require(path + "[" + index + "]", item, depth + 1);
		}
	}

	@Contract("null -> true")
	private static boolean isPlain(@Nullable Object value) {
		return value == null || value instanceof CharSequence || value instanceof Boolean || value instanceof Integer
				|| value instanceof Long || value instanceof BigDecimal;
	}

	private void requireFinite(String path, Number number) {
		boolean big = number instanceof BigDecimal || number instanceof BigInteger;
		if (!big && !Double.isFinite(number.doubleValue())) {
			throw new UnstorableValueException(this.name,
					path + " is " + number + ", which JSON does not have; use a finite number or a text");
		}
	}

	private void requireSame(String path, Object value) {
		Class<?> type = (value instanceof Enum<?> constant) ? constant.getDeclaringClass() : value.getClass();
		String json;
		Object back;
		try {
			json = Json.writeValue(value);
			back = Json.convert(Json.readPlain(json), type);
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw refused(JsonPaths.join(path, JsonPaths.of(ex)), type,
					"does not survive JSON: " + firstLine(ex) + ADVICE, ex);
		}
		if (json.equals("{}") && !type.isRecord() && !value.equals(back)) {
			throw refused(path, type, "does not survive JSON, in which it has no properties" + ADVICE, null);
		}
		String again = Json.writeValue(back);
		if (json.equals(again) || value.equals(back)) {
			return;
		}
		JsonDifference difference = JsonDifference.find(Json.readTree(json), Json.readTree(again), true);
		if (difference != null) {
			throw refused(
					JsonPaths.join(path, difference.path()), type, "does not survive JSON: it is "
							+ shown(difference.one()) + " and comes back as " + shown(difference.other()) + ADVICE,
					null);
		}
	}

	private UnstorableValueException refused(String path, Class<?> type, String reason, @Nullable Throwable cause) {
		String text = path + " (of a " + type.getName() + ") " + reason;
		return (cause != null) ? new UnstorableValueException(this.name, text, cause)
				: new UnstorableValueException(this.name, text);
	}

	private static String firstLine(Throwable ex) {
		return String.valueOf(ex.getMessage()).lines().findFirst().orElse("");
	}

	private static String shown(JsonNode node) {
		String text = node.isMissingNode() ? "absent" : node.toString();
		return (text.length() > MAX_SHOWN) ? text.substring(0, MAX_SHOWN) + "…" : text;
	}

}
