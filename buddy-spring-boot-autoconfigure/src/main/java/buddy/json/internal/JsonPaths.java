package buddy.json.internal;

import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Builds paths in JSON for messages, such as {@code items[2].price}.
 */
final class JsonPaths {

	private static final JsonFactory ANY_NUMBER = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build())
		.enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
		.build();

	/** A longer path comes from a circular reference. */
	private static final int MAX_STEPS = 30;

	private JsonPaths() {
	}

	/** Returns the path from an exception of Jackson; empty for the value itself. */
	static String of(Throwable ex) {
		StringBuilder path = new StringBuilder();
		List<JacksonException.Reference> steps = (ex instanceof JacksonException jackson) ? jackson.getPath()
				: List.of();
		if (steps.size() > MAX_STEPS) {
			return "";
		}
		for (JacksonException.Reference step : steps) {
			if (step.getPropertyName() == null) {
				path.append('[').append(step.getIndex()).append(']');
			}
			else {
				path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
			}
		}
		return path.toString();
	}

	/** Returns the path to the value at an offset of a text. */
	static String at(String json, int offset) {
		String path = "";
		try (JsonParser parser = ANY_NUMBER.createParser(json)) {
			while (parser.nextToken() != null && parser.currentTokenLocation().getCharOffset() <= offset) {
				path = of(parser.streamReadContext());
			}
		}
		catch (JacksonException ex) {
			// return the path as far as the text could be read
		}
		return path;
	}

	/** Appends a path to the name of its root. */
	static String join(String root, String path) {
		return (root.isEmpty() || path.isEmpty() || path.startsWith("[")) ? root + path : root + "." + path;
	}

	private static String of(TokenStreamContext context) {
		TokenStreamContext parent = context.getParent();
		String before = (parent != null) ? of(parent) : "";
		if (context.inArray()) {
			return context.hasCurrentIndex() ? before + "[" + context.getCurrentIndex() + "]" : before;
		}
		return (context.inObject() && context.currentName() != null) ? join(before, context.currentName()) : before;
	}

}
