package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the id of a session, a user or a workflow is not valid. Nothing was read or
 * written.
 */
public class InvalidIdException extends IllegalArgumentException {

	private static final int SHOWN = 40;

	InvalidIdException(String what, @Nullable String value, String allowed) {
		super("The " + what + " " + shown(value) + " is not allowed; use " + allowed);
	}

	/**
	 * Returns the value without control characters, which could forge a log line, and
	 * truncated to one line.
	 */
	private static String shown(@Nullable String value) {
		if (value == null) {
			return "null";
		}
		String start = value.substring(0, Math.min(value.length(), SHOWN)).replaceAll("[^\\x20-\\x7E]", "?");
		return "'" + start + ((value.length() > SHOWN) ? "…' (" + value.length() + " characters)" : "'");
	}

}
