package buddy.run;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;

/**
 * Reads and writes the fields of a {@link RunResponse} that are not plain JSON.
 */
final class ResponseField {

	private static final Map<String, Function<Object, Object>> READERS = Map.of("messages",
			(value) -> list(Message.class, value, Message::fromMap), "tools",
			(value) -> list(ToolExecution.class, value, ToolExecution::fromMap), "events",
			(value) -> list(RunResponseEvent.class, value, RunResponseEvent::fromMap), "waits_for",
			(value) -> list(RunWait.class, value, RunWait::fromMap), "status",
			(value) -> (value instanceof RunStatus) ? value
					: RunStatus.valueOf(value.toString().toUpperCase(Locale.ROOT)),
			"created_at", (value) -> Documents.time("created_at", ((Number) value).longValue()).getEpochSecond(),
			"metrics", (value) -> measured((Map<?, ?>) value));

	private static final Set<String> TEXTS = Set.of("content_type", "thinking", "reasoning_content", "model",
			"model_provider", "run_id", "agent_id", "agent_name", "session_id", "workflow_id", "finish_reason");

	private static final Set<String> MAPS = Set.of("response_audio", "citations", "extra_data");

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
					+ value.getClass().getSimpleName() + "; use the type that the Python framework writes", ex);
		}
	}

	/**
	 * Reads decimals as doubles, as metrics are measured, unless that would lose digits.
	 */
	private static Object measured(Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<Object, @Nullable Object> result = new LinkedHashMap<>();
			map.forEach((key, item) -> result.put(key, (item != null) ? measured(item) : null));
			return result;
		}
		if (value instanceof List<?> list) {
			return list.stream().map((item) -> (item != null) ? measured(item) : null).toList();
		}
		return (value instanceof BigDecimal decimal && BigDecimal.valueOf(decimal.doubleValue()).equals(decimal))
				? (Object) decimal.doubleValue() : value;
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
