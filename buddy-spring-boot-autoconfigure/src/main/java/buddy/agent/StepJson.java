package buddy.agent;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Names and JSON of the steps that agents record.
 */
final class StepJson {

	private static final int MAX_NAME = 128;

	private StepJson() {
	}

	/** Returns the name of a step, made of a name that may have any characters. */
	static String name(String prefix, String name) {
		StringBuilder clean = new StringBuilder(prefix);
		name.codePoints()
			.map((c) -> (c == '/' || c == '#' || Character.isISOControl(c)) ? '_' : c)
			.forEach(clean::appendCodePoint);
		if (clean.length() <= MAX_NAME) {
			return clean.toString();
		}
		return clean.substring(0, Character.isHighSurrogate(clean.charAt(MAX_NAME - 1)) ? MAX_NAME - 1 : MAX_NAME);
	}

	static boolean isStorable(Object value) {
		return exactly(value) != null;
	}

	/**
	 * Writes what a model or a tool has said; what no database can store is replaced.
	 */
	static String write(Object value) {
		String json = exactly(value);
		return (json != null) ? json : StorableJson.sanitize(value).json();
	}

	private static @Nullable String exactly(Object value) {
		try {
			return StorableJson.requireExactly("The result of a step", value);
		}
		catch (UnstorableValueException ex) {
			return null;
		}
	}

	/** Returns a text as it is read back. */
	static String recordable(String text) {
		return isStorable(text) ? text : String.valueOf(Json.readPlain(write(text)));
	}

}
