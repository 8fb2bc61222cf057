package buddy.json.internal;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * Scans JSON text for values that not every database can store, without building a tree.
 * The text must come from buddy's own writer, which escapes control characters only.
 */
final class JsonScan {

	/** Jackson's default limit for reading. */
	static final int MAX_NUMBER = 1000;

	private final String json;

	private final int maxDepth;

	private int depth;

	private boolean hasExponents;

	private int at = -1;

	private @Nullable String problem;

	private JsonScan(String json, int maxDepth) {
		this.json = json;
		this.maxDepth = maxDepth;
		int i = 0;
		while (i < json.length() && this.problem == null) {
			i = next(i);
		}
	}

	static JsonScan of(String json, int maxDepth) {
		return new JsonScan(json, maxDepth);
	}

	/** Returns the problem as the end of a sentence, or {@code null} if there is none. */
	@Nullable String problem() {
		return this.problem;
	}

	/** Returns the text as it was written. */
	String text() {
		return this.json;
	}

	/**
	 * Returns the path to the problem; empty for the value itself or if it is nested too
	 * deep.
	 */
	String path() {
		return (this.at >= 0) ? JsonPaths.at(this.json, this.at) : "";
	}

	/**
	 * Returns the text with exponents expanded, as PostgreSQL does, so that a number is
	 * the same in every database.
	 */
	String storable() {
		return this.hasExponents ? rewritten(false) : this.json;
	}

	/** Returns the text with numbers that are too long quoted. */
	String withLongNumbersQuoted() {
		return rewritten(true);
	}

	private int next(int i) {
		char c = this.json.charAt(i);
		if (c == '"') {
			return string(i);
		}
		if (c == '{' || c == '[') {
			if (++this.depth > this.maxDepth) {
				this.problem = "is nested deeper than " + this.maxDepth + " levels; flatten it";
			}
		}
		else if (c == '}' || c == ']') {
			this.depth--;
		}
		else if (c == 'N' || c == 'I' || (c == '-' && this.json.startsWith("-I", i))) {
			int end = endOfToken(this.json, i);
			found(i, "is " + this.json.substring(i, end) + ", which JSON does not have; use a finite number or a text");
			return end;
		}
		else if (c == '-' || (c >= '0' && c <= '9')) {
			return number(i);
		}
		return i + 1;
	}

	private int number(int start) {
		int end = start;
		boolean exponent = false;
		while (end < this.json.length() && !isEndOfToken(this.json.charAt(end))) {
			exponent |= (this.json.charAt(end) | 0x20) == 'e';
			end++;
		}
		this.hasExponents |= exponent;
		if ((exponent || end - start > MAX_NUMBER) && isTooLong(this.json.substring(start, end))) {
			found(start, "is a number of more than " + MAX_NUMBER + " digits; use a text");
		}
		return end;
	}

	private int string(int start) {
		for (int i = start + 1; i < this.json.length(); i++) {
			char c = this.json.charAt(i);
			if (c == '"') {
				return i + 1;
			}
			if (c == '\\') {
				if (this.json.startsWith("u0000", i + 1)) {
					found(i, "holds the NUL character (\\u0000); remove it");
				}
				i++;
			}
			else if (Character.isSurrogate(c)) {
				if (!Character.isHighSurrogate(c) || i + 1 >= this.json.length()
						|| !Character.isLowSurrogate(this.json.charAt(i + 1))) {
					found(i, "holds half of a surrogate pair; remove it");
				}
				i++;
			}
		}
		return this.json.length();
	}

	private void found(int offset, String what) {
		if (this.problem == null) {
			this.problem = what;
			this.at = offset;
		}
	}

	private String rewritten(boolean quoteLong) {
		StringBuilder text = new StringBuilder(this.json.length() + 16);
		int i = 0;
		while (i < this.json.length()) {
			char c = this.json.charAt(i);
			int end = i + 1;
			if (c == '"') {
				end = string(i);
				text.append(this.json, i, end);
			}
			else if (c == '-' || (c >= '0' && c <= '9')) {
				end = endOfToken(this.json, i);
				String number = this.json.substring(i, end);
				boolean quoted = quoteLong && isTooLong(number);
				text.append(quoted ? '"' + number + '"' : hasExponent(number) ? plain(number) : number);
			}
			else {
				text.append(c);
			}
			i = end;
		}
		return text.toString();
	}

	private static String plain(String number) {
		return new BigDecimal(number).toPlainString();
	}

	private static boolean hasExponent(String number) {
		return number.indexOf('E') >= 0 || number.indexOf('e') >= 0;
	}

	private static boolean isTooLong(String number) {
		if (number.length() > MAX_NUMBER) {
			return true;
		}
		if (!hasExponent(number)) {
			return false;
		}
		try {
			BigDecimal value = new BigDecimal(number);
			return Math.abs((long) value.scale()) + value.precision() > MAX_NUMBER;
		}
		catch (NumberFormatException ex) {
			return true; // its exponent is not an int
		}
	}

	private static boolean isEndOfToken(char c) {
		return ",]}: \n".indexOf(c) >= 0;
	}

	private static int endOfToken(String json, int start) {
		int end = start;
		while (end < json.length() && !isEndOfToken(json.charAt(end))) {
			end++;
		}
		return end;
	}

}
