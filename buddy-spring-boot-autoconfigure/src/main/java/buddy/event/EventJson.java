package buddy.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;

/**
 * Writes the JSON of stored events. Content that cannot be stored is sanitized or left
 * out, which is noted in the field {@code content_note}. An event is never refused.
 */
final class EventJson {

	/** The fields that are kept even if the rest cannot be stored. */
	private static final List<String> HEADER = List.of("event", "created_at", "run_id", "session_id", "workflow_id",
			"agent_id", "agent_name", "name", "content_type");

	/** The approximate size of the header. */
	private static final int HEADER_SIZE = 300;

	private EventJson() {
	}

	/** Whether the event is immutable, so that it can be written later. */
	static boolean isUnchanging(RunResponseEvent event) {
		return event instanceof RunResponseContent piece && piece.header().additional().isEmpty()
				&& (piece.content() == null || piece.content() instanceof String);
	}

	/** Returns the approximate size of such an event in bytes. */
	static long size(RunResponseEvent event) {
		RunResponseContent piece = (RunResponseContent) event;
		return HEADER_SIZE + length(piece.content()) + length(piece.reasoningContent());
	}

	private static long length(@Nullable Object text) {
		return (text instanceof String known) ? known.length() : 0;
	}

	static String write(RunResponseEvent event, long most) {
		try {
			StorableJson.Sanitized sanitized = StorableJson.sanitize(event.toMap());
			String json = sanitized.json();
			if (sanitized.note() != null) {
				json = withNote(Json.readMap(json), sanitized.note());
			}
			return StorableJson.fits(json, most) ? json : withNote(header(Json.readMap(json)),
					"omitted: the event is larger than buddy.events.max-event-size, " + most + " bytes");
		}
		catch (RuntimeException | StackOverflowError ex) {
			return withNote(new LinkedHashMap<>(Map.of("event", event.event())),
					"omitted: it has no JSON form (" + StorableJson.summary(ex) + ")");
		}
	}

	private static Map<String, @Nullable Object> header(Map<String, @Nullable Object> fields) {
		fields.keySet().retainAll(HEADER);
		fields.values().removeIf((value) -> value instanceof String text && text.length() > HEADER_SIZE);
		return fields;
	}

	private static String withNote(Map<String, @Nullable Object> fields, String note) {
		fields.put("content_note", note);
		return StorableJson.sanitize(fields).json();
	}

}
