package buddy.workflow.internal.result;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.internal.execution.LifecycleEvents;

/**
 * Makes the result of {@code run()} from a recorded response.
 */
final class RecordedResult {

	private RecordedResult() {
	}

	/** Returns a single result. */
	static @Nullable Object value(RunResponse response, ResolvableType type) {
		Class<?> raw = type.toClass();
		if (raw.isInstance(response) && raw != Object.class) {
			return response;
		}
		if (raw == void.class || raw == Void.class) {
			return null;
		}
		Object content = response.content();
		if (type.resolve() == null || raw == Object.class) {
			return content;
		}
		return Json.convert(content, type.getType());
	}

	/** Returns the items of a stream: what a run streamed is recorded as a whole. */
	static List<@Nullable Object> items(RunResponse response, ResolvableType returnType) {
		Object content = response.content();
		if (LifecycleEvents.admittedBy(returnType) || LifecycleEvents.ofEvents(returnType)) {
			return new ArrayList<>(List.of(RunResponseEvent.content(String.valueOf(content))));
		}
		ResolvableType item = returnType.getGeneric(0);
		List<@Nullable Object> items = new ArrayList<>();
		if (content instanceof List<?> list && item.toClass() != List.class) {
			list.forEach((one) -> items.add(convert(one, item)));
		}
		else if (content != null) {
			items.add(convert(content, item));
		}
		return items;
	}

	private static @Nullable Object convert(@Nullable Object value, ResolvableType type) {
		return (type.resolve() != null && type.toClass() != Object.class) ? Json.convert(value, type.getType()) : value;
	}

}
