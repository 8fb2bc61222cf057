package buddy.workflow;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * How large what a run stores may be, in bytes of JSON as UTF-8; 0 is no limit.
 *
 * @param input of the recorded input; a larger one is refused before anything is written
 * @param content of what is recorded of a result; of a larger one, a part is left out
 * @param state of a session's state; a larger one is refused, and the run fails
 */
public record SizeLimits(long input, long content, long state) {

	/**
	 * 8 MB each, since MariaDB takes no statement over 16 MB unless it is told to.
	 */
	public static final SizeLimits DEFAULT = new SizeLimits(8 << 20, 8 << 20, 8 << 20);

	/**
	 * Checks the numbers.
	 */
	public SizeLimits {
		requireNotNegative("input", input);
		requireNotNegative("content", content);
		requireNotNegative("state", state);
	}

	/** Refuses an input that is too large. */
	public String requireInput(String workflowId, String json) {
		StorableJson.requireSize("The input of workflow '" + workflowId + "'", json, this.input,
				"pass a reference to it, mark the parameter with @NotRecorded, or raise buddy.runs.max-input-size");
		return json;
	}

	/** Refuses a scope's state that is too large by itself. */
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
