package buddy.session;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the keys that a run set had before, as far as it was no map and no list: what
 * cannot have been edited in place tells by itself whether it has changed.
 */
final class StateOriginals {

	private static final Object ABSENT = new Object();

	private final Map<String, Object> originals = new HashMap<>();

	/** Keeps what a key has, the first time. */
	void keep(String key, Map<String, @Nullable Object> values) {
		Object value = values.get(key);
		if (value instanceof String || value instanceof Number || value instanceof Boolean) {
			this.originals.putIfAbsent(key, value);
		}
		else if (!values.containsKey(key)) {
			this.originals.putIfAbsent(key, ABSENT);
		}
	}

	/** Tells whether a key surely has another value now; if not, the whole must tell. */
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
