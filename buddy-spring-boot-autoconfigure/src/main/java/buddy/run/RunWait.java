package buddy.run;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What a paused run waits for: the answer of a person, a time, or the next attempt of a
 * step.
 *
 * @param kind {@link #ANSWER}, {@link #TIME} or {@link #RETRY}
 * @param runId the run that waits: the paused run itself, or one that it has called
 * @param key the key of the step that waits, which is the name of the question
 * @param schema the JSON Schema of the answer, or {@code null}
 * @param shown what the person is to see, as plain JSON, or {@code null}
 * @param until when the time comes or the question expires, or {@code null} for never
 * @param attempt the number of the attempt that the step makes then, or {@code null} if
 * it does not wait for that
 */
public record RunWait(String kind, String runId, String key, @Nullable Map<String, @Nullable Object> schema,
		@Nullable Object shown, @Nullable Instant until, @Nullable Integer attempt) {

	/** The run waits for the answer of a person. */
	public static final String ANSWER = "answer";

	/** The run waits for a time. */
	public static final String TIME = "time";

	/** A step has failed, and the run waits for the time of its next attempt. */
	public static final String RETRY = "retry";

	/**
	 * Creates a wait that is not for the next attempt of a step.
	 * @param kind what the run waits for
	 * @param runId the run that waits
	 * @param key the key of the step that waits
	 * @param schema the JSON Schema of the answer, or {@code null}
	 * @param shown what the person is to see, as plain JSON, or {@code null}
	 * @param until when the time comes or the question expires, or {@code null} for never
	 */
	public RunWait(String kind, String runId, String key, @Nullable Map<String, @Nullable Object> schema,
			@Nullable Object shown, @Nullable Instant until) {
		this(kind, runId, key, schema, shown, until, null);
	}

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
		String kind = answer ? ANSWER : RETRY.equals(rest.get("kind")) ? RETRY : TIME;
		return new RunWait(kind, runId, key, schema, rest.get("shown"),
				Documents.takeSeconds(rest, answer ? "expires_at" : "until"),
				(rest.get("attempt") instanceof Number attempt) ? attempt.intValue() : null);
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
		Documents.put(json, "attempt", this.attempt);
		Documents.put(json, "schema", this.schema);
		Documents.put(json, "shown", this.shown);
		Instant time = this.until;
		Documents.put(json, answer ? "expires_at" : "until", (time != null) ? time.getEpochSecond() : null);
		return json;
	}

}
