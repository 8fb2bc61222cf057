package buddy.session;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Keeps a session's state from growing too large: what it can have at the most is added
 * up, and the whole is measured only where that is too much.
 */
final class StateSize {

	private static final String ACTION = "keep large values elsewhere and put a reference to them, or raise"
			+ " buddy.runs.max-state-size";

	private final long most;

	private final Supplier<String> whole;

	private long sum;

	/**
	 * Limits a state.
	 * @param most how many bytes its JSON may have; 0 is no limit
	 * @param whole writes the whole state
	 */
	StateSize(long most, Supplier<String> whole) {
		this.most = most;
		this.whole = whole;
	}

	/**
	 * Begins with what is stored, however large it is, or with what a scope made of it.
	 */
	void begin(String json) {
		this.sum = 3L * json.length();
	}

	/**
	 * Adds what a key got.
	 * @throws UnstorableValueException if the state is too large now
	 */
	void add(String key, @Nullable Object value) {
		if (this.most <= 0) {
			return;
		}
		// a colon and a comma
		this.sum += most(value) + most(key) + 2;
		if (this.sum > this.most) {
			String json = this.whole.get();
			this.sum = StorableJson.size(json);
			StorableJson.requireSize("The session state with '" + key + "'", json, this.most, ACTION);
		}
	}

	/** A character has six bytes at the most, where it is escaped. */
	private static long most(@Nullable Object value) {
		return (value instanceof String text) ? 6L * text.length() + 2 : 3L * Json.write(value).length();
	}

	/** Refuses a whole state that is too large. */
	String require(String json) {
		StorableJson.requireSize("The session state", json, this.most, ACTION);
		return json;
	}

}
