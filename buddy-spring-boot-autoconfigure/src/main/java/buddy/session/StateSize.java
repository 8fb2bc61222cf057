package buddy.session;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Limits the size of a session's state. It adds up an upper bound, and measures the whole
 * state only if the bound exceeds the limit.
 */
final class StateSize {

	private static final String ACTION = "keep large values elsewhere and put a reference to them, or raise"
			+ " buddy.runs.max-state-size";

	private final long most;

	private final Supplier<String> whole;

	private long sum;

	/**
	 * Creates the limit of a state.
	 * @param most the maximum size of the JSON in bytes; 0 is no limit
	 * @param whole writes the whole state
	 */
	StateSize(long most, Supplier<String> whole) {
		this.most = most;
		this.whole = whole;
	}

	/**
	 * Starts with the stored state, whatever its size, or with the state that a scope has
	 * changed.
	 */
	void begin(String json) {
		this.sum = 3L * json.length();
	}

	/**
	 * Adds the new value of a key.
	 * @throws UnstorableValueException if the state is too large now
	 */
	void add(String key, @Nullable Object value) {
		if (this.most <= 0) {
			return;
		}
		// for a colon and a comma
		this.sum += most(value) + most(key) + 2;
		if (this.sum > this.most) {
			String json = this.whole.get();
			this.sum = StorableJson.size(json);
			StorableJson.requireSize("The session state with '" + key + "'", json, this.most, ACTION);
		}
	}

	/** A character takes at most six bytes, when it is escaped. */
	private static long most(@Nullable Object value) {
		return (value instanceof String text) ? 6L * text.length() + 2 : 3L * Json.write(value).length();
	}

	/** Refuses a state that is too large. */
	String require(String json) {
		StorableJson.requireSize("The session state", json, this.most, ACTION);
		return json;
	}

}
