package buddy.json.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidDefinitionException;

import buddy.json.UnstorableValueException;

/**
 * Writes JSON text that H2, SQLite, PostgreSQL and MariaDB can all store: without NUL
 * characters and lone surrogates, nested no deeper than {@value #MAX_DEPTH} levels, and
 * with numbers without exponents.
 *
 * <p>
 * PostgreSQL's {@code jsonb} refuses the first two, and MariaDB's JSON functions fail
 * beyond 32 levels. A number such as {@code 1E+3} is stored as {@code 1000}, as in
 * {@code jsonb}. Input that cannot be stored is refused, output is sanitized.
 */
public final class StorableJson {

	/** The deepest nesting of objects and arrays that is stored. */
	public static final int MAX_DEPTH = 30;

	private static final String PLAIN = "pass plain data: texts, numbers, lists, maps, records";

	private static final int MAX_SUMMARY = 200;

	private static final char REPLACEMENT = '\uFFFD';

	private StorableJson() {
	}

	/**
	 * Writes an input value, or refuses it.
	 * @param name the name of the value, for the error, such as {@code The scope's state}
	 * @param value the value
	 * @return its JSON text
	 * @throws UnstorableValueException if the value cannot be written as JSON or stored
	 */
	public static String require(String name, @Nullable Object value) {
		return require(name, "", value, MAX_DEPTH, PLAIN);
	}

	/**
	 * Writes an argument of a workflow, or refuses it.
	 * @param name the name of the value, for the error
	 * @param parameter the name of its parameter, the first part of the path to a problem
	 * @param value the value
	 * @return its JSON text
	 * @throws UnstorableValueException if the value cannot be written as JSON or stored
	 */
	public static String requireInput(String name, String parameter, @Nullable Object value) {
		return require(name, parameter, value, MAX_DEPTH,
				PLAIN + ", or mark a parameter that is no data with @NotRecorded");
	}

	/**
	 * Writes the value of a key of an object, or refuses it.
	 * @param name the name of the value, for the error
	 * @param key the key, the first part of the path to a problem
	 * @param value the value
	 * @return its JSON text
	 * @throws UnstorableValueException if the value cannot be written as JSON or stored
	 */
	public static String requireMember(String name, String key, @Nullable Object value) {
		return require(name, key, value, MAX_DEPTH - 1, PLAIN);
	}

	/**
	 * Writes a value whose numbers are kept as they are written, for columns that keep
	 * text, or refuses it.
	 * @param name what the value is, for the error
	 * @param value the value
	 * @return its JSON text
	 * @throws UnstorableValueException if the value has no JSON or no database could keep
	 * it
	 */
	public static String requireExactly(String name, @Nullable Object value) {
		return scanned(name, "", value, MAX_DEPTH, PLAIN).text();
	}

	/**
	 * Writes a value as {@link #requireExactly} does, and refuses objects without
	 * properties, which would all look the same.
	 * @param name what the value is, for the error
	 * @param value the value
	 * @return the text
	 */
	public static String requireTelling(String name, @Nullable Object value) {
		String json = requireExactly(name, value);
		try {
			Json.writeTelling(value);
		}
		catch (InvalidDefinitionException ex) {
			throw new UnstorableValueException(name, "all objects of a class would look the same (" + summary(ex)
					+ "); give an id, or a class with properties", ex);
		}
		return json;
	}

	private static String require(String name, String root, @Nullable Object value, int maxDepth, String advice) {
		return scanned(name, root, value, maxDepth, advice).storable();
	}

	private static JsonScan scanned(String name, String root, @Nullable Object value, int maxDepth, String advice) {
		String json;
		try {
			json = Json.writeExactly(value);
		}
		catch (JacksonException | StackOverflowError ex) {
			throw new UnstorableValueException(name,
					subject(root, JsonPaths.of(ex)) + "has no JSON form (" + summary(ex) + "); " + advice, ex);
		}
		JsonScan scan = JsonScan.of(json, maxDepth);
		String problem = scan.problem();
		if (problem != null) {
			throw new UnstorableValueException(name, subject(root, scan.path()) + problem);
		}
		return scan;
	}

	private static String subject(String root, String path) {
		return path.isEmpty() ? "it " : JsonPaths.join(root, path) + " ";
	}

	/**
	 * Writes an output value, sanitized so that it can be stored.
	 * @param value the value
	 * @return the text, and a note on changes
	 */
	public static Sanitized sanitize(@Nullable Object value) {
		String json;
		try {
			json = Json.writeValue(value);
		}
		catch (JacksonException | StackOverflowError ex) {
			return new Sanitized("null", "omitted: it has no JSON form (" + summary(ex) + ")");
		}
		JsonScan scan = JsonScan.of(json, MAX_DEPTH);
		String problem = scan.problem();
		if (problem == null) {
			return new Sanitized(scan.storable(), null);
		}
		Object plain = Json.readPlain(scan.withLongNumbersQuoted());
		return new Sanitized(Json.write(sanitize(plain, 1)), "changed: it " + problem);
	}

	/**
	 * Returns the size of a text in UTF-8.
	 * @param text the text
	 * @return the number of bytes
	 */
	public static long size(String text) {
		long size = text.length();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			// each half of a surrogate pair counts for two of the pair's four
			size += (c < 0x80) ? 0 : (c < 0x800 || Character.isSurrogate(c)) ? 1 : 2;
		}
		return size;
	}

	/**
	 * Returns whether a text fits into a number of bytes in UTF-8. This is cheap unless
	 * the size is close to the limit.
	 * @param text the text
	 * @param most the maximum number of bytes
	 * @return whether the text fits
	 */
	public static boolean fits(String text, long most) {
		return text.length() <= most / 3 || (text.length() <= most && size(text) <= most);
	}

	/**
	 * Truncates a text.
	 * @param text the text
	 * @param most the maximum size in bytes as a JSON string in UTF-8, including quotes
	 * @return the beginning of the text that fits, without splitting a surrogate pair
	 */
	public static String beginning(String text, long most) {
		long size = 2;
		int end = 0;
		while (end < text.length()) {
			int c = text.codePointAt(end);
			size += jsonSize(c);
			if (size > most) {
				return text.substring(0, end);
			}
			end += Character.charCount(c);
		}
		return text;
	}

	private static int jsonSize(int c) {
		if (c < 0x20) {
			return 6;
		}
		if (c == '"' || c == '\\') {
			return 2;
		}
		return (c < 0x80) ? 1 : (c < 0x800) ? 2 : (c < 0x10000) ? 3 : 4;
	}

	/**
	 * Returns a short reason why a value cannot be written as JSON.
	 * @param ex the exception of the writer
	 * @return the first line of its message, without the path to the value
	 */
	public static String summary(Throwable ex) {
		String message = (ex instanceof JacksonException jackson) ? jackson.getOriginalMessage()
				: ex.getClass().getSimpleName();
		String line = String.valueOf(message).lines().findFirst().orElse("");
		return (line.length() > MAX_SUMMARY) ? beginning(line, MAX_SUMMARY) + "…" : line;
	}

	private static @Nullable Object sanitize(@Nullable Object value, int depth) {
		if (value instanceof String text) {
			return sanitizeText(text);
		}
		if (depth > MAX_DEPTH && (value instanceof Map || value instanceof List)) {
			return "(nested too deep)";
		}
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> sanitized = new LinkedHashMap<>();
			map.forEach((key, item) -> sanitized.put(sanitizeText(String.valueOf(key)), sanitize(item, depth + 1)));
			return sanitized;
		}
		if (value instanceof List<?> list) {
			List<@Nullable Object> sanitized = new ArrayList<>(list.size());
			list.forEach((item) -> sanitized.add(sanitize(item, depth + 1)));
			return sanitized;
		}
		return value;
	}

	/**
	 * Returns whether every database can store a text unchanged.
	 * @param text the text
	 * @return whether no character has to be replaced
	 */
	public static boolean isStorable(String text) {
		return sanitizeText(text).equals(text);
	}

	/**
	 * Refuses JSON that is too large.
	 * @param name the name of the value, for the error
	 * @param json the text
	 * @param most the maximum size in bytes; 0 is no limit
	 * @param action what to do if it is larger
	 * @throws UnstorableValueException if it is too large
	 */
	public static void requireSize(String name, String json, long most, String action) {
		if (most > 0 && !fits(json, most)) {
			throw new UnstorableValueException(name,
					"its JSON has " + size(json) + " bytes, and at most " + most + " are stored; " + action);
		}
	}

	/**
	 * Replaces the characters of a text that not every database can store.
	 * @param text the text
	 * @return the text that can be stored
	 */
	public static String sanitizeText(String text) {
		StringBuilder sanitized = null;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
				i++;
			}
			else if (c == 0 || Character.isSurrogate(c)) {
				sanitized = (sanitized != null) ? sanitized : new StringBuilder(text);
				sanitized.setCharAt(i, REPLACEMENT);
			}
		}
		return (sanitized != null) ? sanitized.toString() : text;
	}

	/**
	 * JSON text that can be stored, with a note on changes.
	 *
	 * @param json the text
	 * @param note what was changed or omitted and why, or {@code null} if nothing was
	 * changed
	 */
	public record Sanitized(String json, @Nullable String note) {
	}

}
