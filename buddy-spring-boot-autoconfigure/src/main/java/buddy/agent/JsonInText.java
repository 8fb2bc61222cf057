package buddy.agent;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds JSON objects and arrays in the text of a model.
 */
final class JsonInText {

	/** The maximum number of brackets to try that begin no JSON. */
	private static final int MAX_ATTEMPTS = 200;

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private final String text;

	private int position;

	private boolean malformed;

	private JsonInText(String text) {
		this.text = text;
	}

	/**
	 * Returns the outermost values.
	 * @param text any text
	 * @return the JSON of each; empty if one of them is truncated or malformed, since a
	 * part of it could be mistaken for the whole
	 */
	static List<String> values(String text) {
		return new JsonInText(text).find();
	}

	private List<String> find() {
		List<String> found = new ArrayList<>();
		for (int attempts = 0; attempts < MAX_ATTEMPTS && toBracket(); attempts++) {
			int end = end();
			if (this.malformed) {
				return List.of();
			}
			if (end > 0) {
				found.add(this.text.substring(this.position, this.position + end));
			}
			this.position += Math.max(end, 1);
		}
		return found;
	}

	private boolean toBracket() {
		while (this.position < this.text.length()) {
			char next = this.text.charAt(this.position);
			if (next == '{' || next == '[') {
				return true;
			}
			this.position++;
		}
		return false;
	}

	/** Returns the length of the value that begins here, or 0 if there is none. */
	private int end() {
		boolean begun = false;
		boolean object = this.text.charAt(this.position) == '{';
		try (JsonParser parser = MAPPER.createParser(this.text.substring(this.position))) {
			int depth = 1;
			parser.nextToken();
			while (depth > 0) {
				JsonToken token = parser.nextToken();
				if (token == null) {
					this.malformed = begun;
					return 0;
				}
				depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
				begun = true;
			}
			return (int) parser.currentLocation().getCharOffset();
		}
		catch (UnexpectedEndOfInputException ex) {
			this.malformed = begun;
		}
		catch (JacksonException ex) {
			this.malformed = begun && object;
		}
		return 0;
	}

}
