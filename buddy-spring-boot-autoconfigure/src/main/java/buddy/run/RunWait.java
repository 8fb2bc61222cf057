package buddy.run;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What a paused run waits for: the answer of a person, or a time.
 *
 * @param kind {@link #ANSWER} or {@link #TIME}
 * @param runId the run that waits: the paused run itself, or one that it has called
 * @param key the key of the step that waits, which is the name of the question
 * @param schema the JSON Schema of the answer, or {@code null}
 * @param shown what the person is to see, as plain JSON, or {@code null}
 * @param until when the time comes or the question expires, or {@code null} for never
 */
public record RunWait(String kind, String runId, String key, @Nullable Map<String, @Nullable Object> schema,
		@Nullable Object shown, @Nullable Instant until) {

	/** The run waits for the answer of a person. */
	public static final String ANSWER = "answer";

	/** The run waits for a time. */
	public static final String TIME = "time";

	/**
	 * Reads a wait from its JSON object.
	 * @param json the fields by their JSON names
	 * @return the wait
	 */
	@JsonCreator
	public static RunWait fromMap(Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
		boolean answer = ANSWER.equals(rest.get("kind"));
		String runId = String.valueOf(rest.get("run_id"));
		String key = String.valueOf(rest.get(answer ? "question" : "step"));
		Map<String, @Nullable Object> schema = (rest.get("schema") != null) ? Documents.asMap(rest.get("schema"))
				: null;
		return new RunWait(answer ? ANSWER : TIME, runId, key, schema, rest.get("shown"),
				Documents.takeSeconds(rest, answer ? "expires_at" : "until"));
	}

	/**
	 * Returns its JSON object without nulls.
	 * @return the fields by their JSON names; times are in seconds since the epoch
	 */
	@JsonValue
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		boolean answer = ANSWER.equals(this.kind);
		json.put("kind", this.kind);
		json.put("run_id", this.runId);
		json.put(answer ? "question" : "step", this.key);
		Documents.put(json, "schema", this.schema);
		Documents.put(json, "shown", this.shown);
		Instant time = this.until;
		Documents.put(json, answer ? "expires_at" : "until", (time != null) ? time.getEpochSecond() : null);
		return json;
	}

}
