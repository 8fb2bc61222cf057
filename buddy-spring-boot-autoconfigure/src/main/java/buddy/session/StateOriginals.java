package buddy.session;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The original scalar values of the keys that a run has set. Scalars cannot be edited in
 * place, so comparing them shows cheaply that a state has changed.
 */
final class StateOriginals {

	private static final Object ABSENT = new Object();

	private final Map<String, Object> originals = new HashMap<>();

	/** Keeps the value of a key when it is set for the first time. */
	void keep(String key, Map<String, @Nullable Object> values) {
		Object value = values.get(key);
		if (value instanceof String || value instanceof Number || value instanceof Boolean) {
			this.originals.putIfAbsent(key, value);
		}
		else if (!values.containsKey(key)) {
			this.originals.putIfAbsent(key, ABSENT);
		}
	}

	/**
	 * Returns whether a key certainly has another value now. If not, the whole states
	 * must be compared.
	 */
	boolean differFrom(Map<String, @Nullable Object> values) {
		for (Map.Entry<String, Object> original : this.originals.entrySet()) {
			String key = original.getKey();
			if ((original.getValue() == ABSENT) ? values.containsKey(key)
					: !original.getValue().equals(values.get(key))) {
				return true;
			}
		}
		return false;
	}

}
