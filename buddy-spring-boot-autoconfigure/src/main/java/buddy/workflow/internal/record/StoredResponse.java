package buddy.workflow.internal.record;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.Payloads;
import buddy.run.RunResponse;
import buddy.storage.RunJson;
import buddy.workflow.internal.definition.DataTypes;

/**
 * Writes the JSON of a response that is stored with its run. Content that cannot be
 * stored is sanitized or left out, which is noted in the field {@code content_note}. A
 * result is never refused.
 */
public final class StoredResponse {

	/** The size that always remains for the note, the time and the kind of content. */
	private static final int SMALL = 300;

	private StoredResponse() {
	}

	/**
	 * Writes a response.
	 * @param response the response
	 * @param createdAt when the run began, in milliseconds since the epoch
	 * @param payloads the filters of what is recorded
	 * @param most the maximum size of the JSON in bytes; 0 for no limit
	 */
	public static String json(RunResponse response, long createdAt, Payloads payloads, long most) {
		String whole = payloads.response(json(response, createdAt));
		return (most <= 0 || StorableJson.fits(whole, most)) ? whole : shortened(Json.readMap(whole), most);
	}

	private static String json(RunResponse response, long createdAt) {
		Object content = response.content();
		if (content != null && !DataTypes.contains(content.getClass())) {
			return withoutContent(response, "omitted: a " + content.getClass().getName()
					+ " is no data, and reading it would take it from the caller");
		}
		try {
			StorableJson.Sanitized sanitized = StorableJson.sanitize(RunJson.stored(response, createdAt));
			return (sanitized.note() == null) ? sanitized.json() : withNote(sanitized.json(), sanitized.note());
		}
		catch (RuntimeException | StackOverflowError ex) {
			return withoutContent(response, "omitted: it has no JSON form (" + StorableJson.summary(ex) + ")");
		}
	}

	/**
	 * Shortens a response. Other large fields, such as the messages, are removed so that
	 * half of the space is left for the content. Of a text, the beginning is kept.
	 */
	private static String shortened(Map<String, @Nullable Object> fields, long most) {
		Object content = fields.remove("content");
		String note = "buddy.runs.max-content-size is " + most + " bytes";
		fields.put("content_note", "the result is larger than is recorded; " + note);
		while (size(fields) > Math.max(most / 2, SMALL)) {
			fields.remove(largest(fields));
		}
		long left = most - size(fields) - 100; // for a note that may be longer
		if (content instanceof String text) {
			String beginning = StorableJson.beginning(text, Math.max(left, 2));
			fields.put("content", beginning);
			fields.put("content_note", (beginning.length() == text.length()) ? "only the content is recorded: " + note
					: "cut: only the beginning is recorded, since " + note);
		}
		else if (content != null && StorableJson.fits(Json.write(content), left)) {
			fields.put("content", content);
			fields.put("content_note", "only the content is recorded: " + note);
		}
		else if (content != null) {
			fields.put("content_note", "omitted: " + note);
		}
		return Json.write(fields);
	}

	private static String largest(Map<String, @Nullable Object> fields) {
		return Collections.max(fields.keySet(),
				Comparator.comparingLong((name) -> StorableJson.size(Json.write(fields.get(name)))));
	}

	private static long size(Map<String, @Nullable Object> fields) {
		return StorableJson.size(Json.write(fields));
	}

	private static String withoutContent(RunResponse response, String note) {
		RunResponse without = response.toBuilder().content(null).contentType(response.contentType()).build();
		return withNote(StorableJson.sanitize(RunJson.stored(without)).json(), note);
	}

	private static String withNote(String json, String note) {
		Map<String, @Nullable Object> fields = Json.readMap(json);
		fields.put("content_note", note);
		return StorableJson.sanitize(fields).json();
	}

}
