package buddy.workflow.internal.live;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How a run was queued, as far as its first execution cannot know it otherwise.
 *
 * @param state the values that override the stored state of its session
 * @param key the key by which runs are limited together, or {@code null}
 */
public record QueuedCall(Map<String, ? extends @Nullable Object> state, @Nullable String key) {

	@SuppressWarnings("unchecked") // a JSON object
	static QueuedCall read(Map<?, ?> map) {
		return new QueuedCall(
				(map.get("state") instanceof Map<?, ?> state) ? (Map<String, @Nullable Object>) state : Map.of(),
				(map.get("key") instanceof String key) ? key : null);
	}

	Map<String, Object> map() {
		Map<String, Object> map = new LinkedHashMap<>();
		if (!this.state.isEmpty()) {
			map.put("state", this.state);
		}
		if (this.key != null) {
			map.put("key", this.key);
		}
		return map;
	}

}
