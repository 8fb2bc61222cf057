package buddy.session;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;

/**
 * What a run has changed in the state, key by key, for its record.
 */
final class StateChanges {

	/** The maximum number of keys that are listed. */
	private static final int MOST_KEYS = 100;

	/** The size from which a value is left out, in characters of JSON. */
	private static final int LARGE = 4096;

	private StateChanges() {
	}

	/**
	 * Compares two states.
	 * @param before the state that the run began with
	 * @param after the state that it leaves
	 * @return the keys that differ, each with {@code before} and {@code after} where it
	 * has a value
	 */
	static Map<String, @Nullable Object> between(Map<String, @Nullable Object> before,
			Map<String, @Nullable Object> after) {
		Set<String> keys = new LinkedHashSet<>(before.keySet());
		keys.addAll(after.keySet());
		Map<String, @Nullable Object> changes = new LinkedHashMap<>();
		for (String key : keys) {
			boolean same = before.containsKey(key) == after.containsKey(key)
					&& Objects.equals(before.get(key), after.get(key));
			if (!same && changes.size() < MOST_KEYS) {
				Map<String, @Nullable Object> change = new LinkedHashMap<>();
				put(change, "before", before, key);
				put(change, "after", after, key);
				changes.put(key, change);
			}
		}
		return changes;
	}

	private static void put(Map<String, @Nullable Object> change, String side, Map<String, @Nullable Object> state,
			String key) {
		if (!state.containsKey(key)) {
			return;
		}
		Object value = state.get(key);
		int size = Json.write(value).length();
		if (size <= LARGE) {
			change.put(side, value);
		}
		else {
			change.put(side + "_note", "omitted: its JSON has " + size + " characters");
		}
	}

}
