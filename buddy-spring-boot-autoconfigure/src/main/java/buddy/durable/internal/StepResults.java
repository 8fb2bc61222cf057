package buddy.durable.internal;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Writes the results of steps of one type, and reads them back as what they were.
 */
public final class StepResults implements StepCodec {

	private final @Nullable Type type;

	private final long maxSize;

	/**
	 * Creates the codec of a type.
	 * @param type what the step returns, or {@code null} for plain values
	 * @param maxSize how many bytes the JSON of a result may have; 0 is no limit
	 */
	public StepResults(@Nullable Type type, long maxSize) {
		this.type = type;
		this.maxSize = maxSize;
	}

	@Override
	public Written write(String key, @Nullable Object result) {
		if (result == null) {
			return Written.NOTHING;
		}
		if (result instanceof String text && isText() && StorableJson.isStorable(text)) {
			String json = Json.write(text);
			requireSize(key, json, this.maxSize);
			return new Written(json, text);
		}
		String name = name(key);
		if (this.type == null) {
			requirePlain(name, "", result);
		}
		String json = StorableJson.requireExactly(name, result);
		requireSize(key, json, this.maxSize);
		Object back = back(name, json, result);
		if (back == null || !isSameKind(result, back) || !isSame(result, json, back)) {
			throw new UnstorableValueException(name,
					"a " + result.getClass().getTypeName() + " would come back as "
							+ ((back != null) ? "another " + back.getClass().getTypeName() : "null")
							+ "; name the type that it is to be read as, and let Jackson read that as it was written");
		}
		return new Written(json, back);
	}

	/**
	 * Refuses a result that is too large.
	 * @param key the key of the step
	 * @param json the result
	 * @param maxSize how many bytes it may have; 0 is no limit
	 * @throws UnstorableValueException if it is too large
	 */
	static void requireSize(String key, String json, long maxSize) {
		StorableJson.requireSize(name(key), json, maxSize,
				"return less, such as the place where the rest is, or raise buddy.durable.max-result-size");
	}

	private static String name(String key) {
		return "The result of step '" + key + "'";
	}

	private @Nullable Object back(String name, String json, Object result) {
		try {
			return read(json);
		}
		catch (RuntimeException ex) {
			throw new UnstorableValueException(name,
					"a " + result.getClass().getTypeName() + " cannot be read back (" + StorableJson.summary(ex) + ")",
					ex);
		}
	}

	@Override
	public @Nullable Object read(@Nullable String json) {
		if (json == null) {
			return null;
		}
		Object plain = isText() ? Json.readWithDoubles(json) : null;
		return (this.type == null || plain instanceof String) ? plain : Json.read(json, this.type);
	}

	/** Texts are written and read by buddy's own mapper, and need no check. */
	private boolean isText() {
		return this.type == null || this.type == String.class;
	}

	@Override
	public String type() {
		return (this.type != null) ? this.type.getTypeName() : "a plain value";
	}

	@Override
	public Type resultType() {
		return (this.type != null) ? this.type : Object.class;
	}

	/** Most often the text shows it, which costs less than to compare two trees. */
	private static boolean isSame(Object result, String json, Object back) {
		return json.equals(Json.writeValue(back)) || Json.same(result, back);
	}

	/** By class, not by value: a list is a list, whatever made it. */
	private static boolean isSameKind(Object one, Object other) {
		if (one instanceof Map && other instanceof Map) {
			return true;
		}
		if (one instanceof Collection && other instanceof Collection) {
			return one instanceof List == other instanceof List;
		}
		return one.getClass() == other.getClass();
	}

	/** What reads back as the same class without being told. */
	private static void requirePlain(String name, String path, @Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> {
				if (!(key instanceof String)) {
					throw notPlain(name, path, key);
				}
				requirePlain(name, path.isEmpty() ? (String) key : path + "." + key, item);
			});
		}
		else if (value instanceof List<?> list) {
			for (int i = 0; i < list.size(); i++) {
				requirePlain(name, path + "[" + i + "]", list.get(i));
			}
		}
		else if (!(value == null || value instanceof String || value instanceof Boolean || value instanceof Integer
				|| value instanceof Double)) {
			throw notPlain(name, path, value);
		}
	}

	private static UnstorableValueException notPlain(String name, String path, @Nullable Object value) {
		String type = (value != null) ? value.getClass().getTypeName() : "null";
		return new UnstorableValueException(name, (path.isEmpty() ? "it" : path) + " is a " + type
				+ ", which needs its type to be read back: name it, as in step(name, "
				+ ((value != null && path.isEmpty()) ? value.getClass().getSimpleName() + ".class"
						: "new ParameterizedTypeReference<…>() {}")
				+ ", …). Without a type a step returns String, Boolean, Integer, Double, null, and lists and maps of these");
	}

}
