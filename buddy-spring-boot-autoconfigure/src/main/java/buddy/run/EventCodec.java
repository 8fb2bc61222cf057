package buddy.run;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

import buddy.json.internal.Json;
import buddy.run.RunResponseEvent.UnknownEvent;

/**
 * Converts event records to flat JSON objects and back: record components become
 * snake_case fields beside those of the header.
 */
final class EventCodec {

	private static final Map<String, Shape> SHAPES = Arrays.stream(RunResponseEvent.class.getPermittedSubclasses())
		.filter((type) -> type != UnknownEvent.class)
		.map(Shape::of)
		.collect(Collectors.toUnmodifiableMap((shape) -> shape.type.getSimpleName(), Function.identity()));

	private EventCodec() {
	}

	static Map<String, @Nullable Object> toMap(RunResponseEvent event) {
		EventHeader header = event.header();
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("event", event.event());
		Instant createdAt = header.createdAt();
		Documents.put(json, "created_at", (createdAt != null) ? createdAt.getEpochSecond() : null);
		Documents.put(json, "run_id", header.runId());
		Documents.put(json, "session_id", header.sessionId());
		Documents.put(json, "workflow_id", header.workflowId());
		Documents.put(json, "agent_id", header.agentId());
		Documents.put(json, "agent_name", header.agentName());
		Shape shape = SHAPES.get(event.event());
		if (shape != null) {
			for (Field field : shape.fields) {
				Documents.put(json, field.jsonName, ReflectionUtils.invokeMethod(field.accessor, event));
			}
		}
		json.putAll(header.additional());
		return json;
	}

	static RunResponseEvent fromMap(Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
		String name = Documents.takeText(rest, "event");
		if (name == null) {
			throw new IllegalArgumentException("No event without the field 'event'; found the fields " + json.keySet());
		}
		Instant createdAt = Documents.takeSeconds(rest, "created_at");
		String runId = Documents.takeText(rest, "run_id");
		String sessionId = Documents.takeText(rest, "session_id");
		String workflowId = Documents.takeText(rest, "workflow_id");
		String agentId = Documents.takeText(rest, "agent_id");
		String agentName = Documents.takeText(rest, "agent_name");
		Shape shape = SHAPES.get(name);
		List<Field> fields = (shape != null) ? shape.fields : List.of();
		@Nullable Object[] arguments = new @Nullable Object[fields.size() + 1];
		for (int i = 0; i < fields.size(); i++) {
			arguments[i + 1] = fields.get(i).read(rest.remove(fields.get(i).jsonName));
		}
		EventHeader header = new EventHeader(createdAt, runId, sessionId, workflowId, agentId, agentName, rest);
		if (shape == null) {
			return new UnknownEvent(header, name);
		}
		arguments[0] = header;
		return (RunResponseEvent) BeanUtils.instantiateClass(shape.constructor, arguments);
	}

	private record Shape(Class<?> type, Constructor<?> constructor, List<Field> fields) {

		static Shape of(Class<?> type) {
			RecordComponent[] components = type.getRecordComponents();
			List<Field> fields = Arrays.stream(components).skip(1).map(Field::of).toList();
			Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
			try {
				return new Shape(type, type.getDeclaredConstructor(types), fields);
			}
			catch (NoSuchMethodException ex) {
				throw new IllegalStateException("A record always has its canonical constructor: " + type, ex);
			}
		}

	}

	private record Field(String jsonName, Method accessor) {

		static Field of(RecordComponent component) {
			String jsonName = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
			return new Field(jsonName, component.getAccessor());
		}

		@Nullable Object read(@Nullable Object value) {
			if (value == null || this.accessor.getReturnType() == Object.class) {
				return value;
			}
			if (this.accessor.getReturnType() == ToolExecution.class && value instanceof Map<?, ?>) {
				Map<String, @Nullable Object> map = Documents.asMap(value);
				return (map != null) ? ToolExecution.fromMap(map) : null;
			}
			return Json.convert(value, this.accessor.getReturnType());
		}

	}

}
