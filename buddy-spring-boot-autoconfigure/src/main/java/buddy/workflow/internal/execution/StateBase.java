package buddy.workflow.internal.execution;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.session.SessionState;

/**
 * What the state of a run was opened from, so that an execution that continues the run
 * opens it from the same.
 *
 * @param stored the stored state, or {@code null} if none was stored
 * @param defaults the state of a session that has none stored
 * @param override the values that override it
 */
record StateBase(@Nullable String stored, Map<String, ? extends @Nullable Object> defaults,
		Map<String, ? extends @Nullable Object> override) {

	private static final String STORED = "stored";

	private static final String DEFAULTS = "defaults";

	private static final String OVERRIDE = "override";

	SessionState open(long most) {
		return SessionState.open(this.stored, this.defaults, this.override, most);
	}

	String json() {
		Map<String, @Nullable Object> parts = new LinkedHashMap<>();
		if (this.stored != null) {
			parts.put(STORED, Json.readMap(this.stored));
		}
		else if (!this.defaults.isEmpty()) {
			parts.put(DEFAULTS, this.defaults);
		}
		if (!this.override.isEmpty()) {
			parts.put(OVERRIDE, this.override);
		}
		return StorableJson.requireExactly("The state that the run began with", parts);
	}

	static StateBase read(String json) {
		Map<String, @Nullable Object> parts = Json.readMap(json);
		return new StateBase(
				parts.containsKey(STORED) ? StorableJson.requireExactly("The stored state", parts.get(STORED)) : null,
				map(parts.get(DEFAULTS)), map(parts.get(OVERRIDE)));
	}

	@SuppressWarnings("unchecked") // a JSON object
	private static Map<String, @Nullable Object> map(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? (Map<String, @Nullable Object>) map : Map.of();
	}

}
