package buddy.workflow;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.Json;
import buddy.json.StorableJson;
import buddy.run.RunResponse;
import buddy.session.RunJson;

/**
 * The JSON of a response that is stored with its run. What cannot be stored is mended or
 * left out, and the field {@code content_note} says so: a result is never refused.
 */
final class StoredResponse {

	private StoredResponse() {
	}

	static String json(RunResponse response) {
		Object content = response.content();
		if (content != null && !RunMethod.isData(content.getClass())) {
			return withoutContent(response, "omitted: a " + content.getClass().getName()
					+ " is no data, and reading it would take it from the caller");
		}
		try {
			StorableJson.Mended mended = StorableJson.mend(RunJson.stored(response));
			return (mended.note() == null) ? mended.json() : withNote(mended.json(), mended.note());
		}
		catch (RuntimeException | StackOverflowError ex) {
			String why = (ex.getMessage() != null) ? ex.getMessage().lines().findFirst().orElse("") : ex.toString();
			return withoutContent(response, "omitted: it has no JSON form (" + why + ")");
		}
	}

	private static String withoutContent(RunResponse response, String note) {
		RunResponse without = response.toBuilder().content(null).contentType(response.contentType()).build();
		return withNote(StorableJson.mend(RunJson.stored(without)).json(), note);
	}

	private static String withNote(String json, String note) {
		Map<String, @Nullable Object> fields = Json.readMap(json);
		fields.put("content_note", note);
		return StorableJson.mend(fields).json();
	}

}
