package buddy.session;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.json.Json;
import buddy.json.StorableJson;
import buddy.json.UnstorableValueException;

/**
 * Keeps a session's state from growing too large: what is added is added up, and the
 * whole is measured only where the sum is too large, since what it replaced counts too.
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
		this.sum = (this.most > 0) ? StorableJson.size(json) : 0;
	}

	/**
	 * Adds what a key got.
	 * @throws UnstorableValueException if the state is too large now
	 */
	void add(String key, @Nullable Object value) {
		if (this.most <= 0) {
			return;
		}
		// quotes, colon and comma
		this.sum += StorableJson.size(Json.write(value)) + StorableJson.size(key) + 4;
		if (this.sum > this.most) {
			String json = this.whole.get();
			this.sum = StorableJson.size(json);
			UnstorableValueException.requireSize("The session state with '" + key + "'", json, this.most, ACTION);
		}
	}

	/** Refuses a whole state that is too large. */
	String require(String json) {
		UnstorableValueException.requireSize("The session state", json, this.most, ACTION);
		return json;
	}

}
