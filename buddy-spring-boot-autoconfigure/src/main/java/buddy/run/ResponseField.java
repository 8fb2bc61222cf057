package buddy.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.json.Json;

/**
 * Reads and writes the fields of a {@link RunResponse} that are more than plain JSON.
 */
final class ResponseField {

	private static final Map<String, Function<Object, Object>> READERS = Map.of("messages",
			(value) -> list(Message.class, value, Message::fromMap), "tools",
			(value) -> list(ToolExecution.class, value, ToolExecution::fromMap), "events",
			(value) -> list(RunResponseEvent.class, value, RunResponseEvent::fromMap), "status",
			(value) -> (value instanceof RunStatus) ? value
					: RunStatus.valueOf(value.toString().toUpperCase(Locale.ROOT)),
			"created_at", (value) -> ((Number) value).longValue());

	private static final Set<String> TEXTS = Set.of("content_type", "thinking", "reasoning_content", "model",
			"model_provider", "run_id", "agent_id", "agent_name", "session_id", "workflow_id", "finish_reason");

	private static final Set<String> MAPS = Set.of("metrics", "response_audio", "citations", "extra_data");

	private static final Set<String> MEDIA = Set.of("images", "videos", "audio");

	private ResponseField() {
	}

	static Object read(String name, Object value) {
		Function<Object, Object> reader = READERS.get(name);
		try {
			if (reader != null) {
				return reader.apply(value);
			}
			if (TEXTS.contains(name)) {
				return (String) value;
			}
			if (MAPS.contains(name)) {
				return (Map<?, ?>) value;
			}
			return MEDIA.contains(name) ? (List<?>) value : value;
		}
		catch (ClassCastException ex) {
			throw new IllegalArgumentException("The field '" + name + "' of a run response cannot be a "
					+ value.getClass().getSimpleName() + "; give it the type that the framework writes", ex);
		}
	}

	/** Returns the plain JSON of a field's value. */
	static @Nullable Object write(Object value) {
		return Json.plain(value);
	}

	@SuppressWarnings("unchecked") // a JSON object's keys are strings
	private static <T> List<T> list(Class<T> type, Object value, Function<Map<String, @Nullable Object>, T> reader) {
		return ((List<Object>) value).stream()
			.map((item) -> (item instanceof Map<?, ?> map) ? reader.apply((Map<String, @Nullable Object>) map)
					: type.cast(item))
			.toList();
	}

}
