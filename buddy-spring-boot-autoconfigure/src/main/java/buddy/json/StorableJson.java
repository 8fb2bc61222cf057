package buddy.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * JSON text that H2, SQLite, PostgreSQL and MariaDB all keep: without NUL, without lone
 * surrogates, nested no deeper than {@value #MAX_DEPTH} levels.
 *
 * <p>
 * PostgreSQL's {@code jsonb} refuses the first two, MariaDB's JSON functions give up past
 * 32 levels. Input is refused, output is mended.
 */
public final class StorableJson {

	/** The deepest nesting of objects and arrays that is stored. */
	public static final int MAX_DEPTH = 30;

	private static final int MAX_SUMMARY = 200;

	private static final char REPLACEMENT = '\uFFFD';

	private StorableJson() {
	}

	/**
	 * Writes a value that a caller handed in, or refuses it.
	 * @param name what the value is, for the error, such as {@code input 'topic'}
	 * @param value the value
	 * @return its JSON text
	 * @throws UnstorableValueException if the value has no JSON or no database could keep
	 * it
	 */
	public static String require(String name, @Nullable Object value) {
		String json;
		try {
			json = Json.write(value);
		}
		catch (JacksonException | StackOverflowError ex) {
			throw new UnstorableValueException(name, "it has no JSON form (" + summary(ex)
					+ "); pass plain data, or mark a parameter that is no data with @NotRecorded", ex);
		}
		String problem = problem(json);
		if (problem != null) {
			throw new UnstorableValueException(name, problem);
		}
		return json;
	}

	/**
	 * Writes what the user's code produced, mended where a database could not keep it.
	 * @param value the value
	 * @return the text, and what was changed
	 */
	public static Mended mend(@Nullable Object value) {
		String json;
		try {
			json = Json.write(value);
		}
		catch (JacksonException | StackOverflowError ex) {
			return new Mended("null", "omitted: it has no JSON form (" + summary(ex) + ")");
		}
		String problem = problem(json);
		if (problem == null) {
			return new Mended(json, null);
		}
		return new Mended(Json.write(mend(Json.readPlain(json), 1)), "changed: " + problem);
	}

	/**
	 * Returns how many bytes a text has as UTF-8.
	 * @param text the text
	 * @return the bytes
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
	 * Tells whether a text has no more than some bytes as UTF-8, at little cost where it
	 * is far from that.
	 * @param text the text
	 * @param most how many bytes
	 * @return whether it has no more
	 */
	public static boolean fits(String text, long most) {
		return text.length() <= most / 3 || (text.length() <= most && size(text) <= most);
	}

	/**
	 * Returns the beginning of a text.
	 * @param text the text
	 * @param most how many bytes it may have as a JSON string in UTF-8, quotes included
	 * @return as much of it as fits, without half a surrogate pair at its end
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
	 * Tells in a few words why a value has no JSON.
	 * @param ex what the writer threw
	 * @return the first line of its message, without the path to the value
	 */
	public static String summary(Throwable ex) {
		String message = (ex instanceof JacksonException jackson) ? jackson.getOriginalMessage()
				: ex.getClass().getSimpleName();
		String line = String.valueOf(message).lines().findFirst().orElse("");
		return (line.length() > MAX_SUMMARY) ? beginning(line, MAX_SUMMARY) + "…" : line;
	}

	private static @Nullable Object mend(@Nullable Object value, int depth) {
		if (value instanceof String text) {
			return mendText(text);
		}
		if (depth > MAX_DEPTH && (value instanceof Map || value instanceof List)) {
			return "(nested too deep)";
		}
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> mended = new LinkedHashMap<>();
			map.forEach((key, item) -> mended.put(mendText(String.valueOf(key)), mend(item, depth + 1)));
			return mended;
		}
		if (value instanceof List<?> list) {
			List<@Nullable Object> mended = new ArrayList<>(list.size());
			list.forEach((item) -> mended.add(mend(item, depth + 1)));
			return mended;
		}
		return value;
	}

	/**
	 * Tells whether every database keeps a text as it is.
	 * @param text the text
	 * @return whether nothing of it would have to be replaced
	 */
	public static boolean isStorable(String text) {
		return mendText(text).equals(text);
	}

	/**
	 * Returns text that every database keeps.
	 * @param text the text
	 * @return the same, with what no database could keep replaced
	 */
	public static String mendText(String text) {
		StringBuilder mended = null;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
				i++;
			}
			else if (c == 0 || Character.isSurrogate(c)) {
				mended = (mended != null) ? mended : new StringBuilder(text);
				mended.setCharAt(i, REPLACEMENT);
			}
		}
		return (mended != null) ? mended.toString() : text;
	}

	/**
	 * One pass over what our writer wrote (it escapes control characters only): no tree
	 * is built for the many values that are fine.
	 */
	private static @Nullable String problem(String json) {
		int depth = 0;
		boolean inString = false;
		for (int i = 0; i < json.length(); i++) {
			char c = json.charAt(i);
			if (inString) {
				if (c == '"') {
					inString = false;
				}
				else if (c == '\\') {
					if (json.startsWith("u0000", i + 1)) {
						return "it holds the NUL character (\\u0000); remove it";
					}
					i++;
				}
				else if (Character.isSurrogate(c)) {
					if (!Character.isHighSurrogate(c) || i + 1 >= json.length()
							|| !Character.isLowSurrogate(json.charAt(i + 1))) {
						return "it holds half of a surrogate pair; remove it";
					}
					i++;
				}
			}
			else if (c == '"') {
				inString = true;
			}
			else if (c == '{' || c == '[') {
				if (++depth > MAX_DEPTH) {
					return "it is nested deeper than " + MAX_DEPTH + " levels; flatten it";
				}
			}
			else if (c == '}' || c == ']') {
				depth--;
			}
		}
		return null;
	}

	/**
	 * JSON text that can be stored, and what was changed to make it so.
	 *
	 * @param json the text
	 * @param note what was changed or omitted and why, or {@code null} if nothing was
	 */
	public record Mended(String json, @Nullable String note) {
	}

}
