package buddy.json.internal;

import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Names places in JSON for people, such as {@code items[2].price}.
 */
final class JsonPaths {

	private static final JsonFactory ANY_NUMBER = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build())
		.enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
		.build();

	private JsonPaths() {
	}

	/** Returns where Jackson found a fault; empty for the value itself. */
	static String of(Throwable ex) {
		StringBuilder path = new StringBuilder();
		List<JacksonException.Reference> steps = (ex instanceof JacksonException jackson) ? jackson.getPath()
				: List.of();
		if (steps.size() > StorableJson.MAX_DEPTH) {
			return ""; // in a circle
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

	/** Returns the path to the value that stands at an offset of a text. */
	static String at(String json, int offset) {
		String path = "";
		try (JsonParser parser = ANY_NUMBER.createParser(json)) {
			while (parser.nextToken() != null && parser.currentTokenLocation().getCharOffset() <= offset) {
				path = of(parser.streamReadContext());
			}
		}
		catch (JacksonException ex) {
			// as far as it could be read
		}
		return path;
	}

	/** Puts a path behind the name of what it leads through. */
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
