package buddy.workflow;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Limits on the size of what a run stores, in bytes of JSON as UTF-8. 0 means no limit.
 *
 * @param input the limit for the recorded input; larger input is refused before anything
 * is stored
 * @param content the limit for a recorded result; a larger one is recorded in part
 * @param state the limit for a session's state; a larger state is refused, and the run
 * fails
 */
public record SizeLimits(long input, long content, long state) {

	/**
	 * 8 MB each, since MariaDB by default accepts no statement over 16 MB.
	 */
	public static final SizeLimits DEFAULT = new SizeLimits(8 << 20, 8 << 20, 8 << 20);

	/**
	 * Checks that no limit is negative.
	 */
	public SizeLimits {
		requireNotNegative("input", input);
		requireNotNegative("content", content);
		requireNotNegative("state", state);
	}

	/** Returns the input, or throws an exception if it is too large. */
	public String requireInput(String workflowId, String json) {
		StorableJson.requireSize("The input of workflow '" + workflowId + "'", json, this.input,
				"pass a reference to it, mark the parameter with @NotRecorded, or raise buddy.runs.max-input-size");
		return json;
	}

	/** Returns a scope's state, or throws an exception if it is too large by itself. */
	public Map<String, ? extends @Nullable Object> requireState(Map<String, ? extends @Nullable Object> state) {
		if (this.state > 0 && !state.isEmpty()) {
			StorableJson.requireSize("The scope's session state", Json.write(state), this.state,
					"keep large values elsewhere and put a reference to them, or raise buddy.runs.max-state-size");
		}
		return state;
	}

	private static void requireNotNegative(String name, long value) {
		if (value < 0) {
			throw new IllegalArgumentException("'" + name + "' must not be negative, as " + value + "; 0 is no limit");
		}
	}

}
