package buddy.storage;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;

/**
 * Converts responses to the JSON that is stored. Fields that are columns of the run are
 * left out, and restored on reading.
 */
public final class RunJson {

	private RunJson() {
	}

	/**
	 * Returns the fields of a response to store.
	 * @param response the response
	 * @return its JSON object without the fields that are columns
	 */
	public static Map<String, @Nullable Object> stored(RunResponse response) {
		Map<String, @Nullable Object> json = response.toMap();
		json.keySet().removeAll(List.of("run_id", "session_id", "workflow_id", "status"));
		return json;
	}

	/**
	 * Returns the fields of a response to store with a run, without the creation time if
	 * it is that of the run.
	 * @param response the response
	 * @param createdAt the time the run began, in milliseconds since the epoch
	 * @return its JSON object without the fields that are columns
	 */
	public static Map<String, @Nullable Object> stored(RunResponse response, long createdAt) {
		Map<String, @Nullable Object> json = stored(response);
		json.remove("created_at", createdAt / 1000);
		return json;
	}

}
