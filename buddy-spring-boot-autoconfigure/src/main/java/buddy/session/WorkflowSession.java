package buddy.session;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunResponse;

/**
 * A workflow session, with the JSON of the Python framework.
 *
 * @param sessionId the id
 * @param workflowId the workflow it belongs to, or {@code null} if the JSON names none
 * @param userId the user it belongs to, or {@code null}
 * @param sessionName the display name, or {@code null}
 * @param sessionState its state, plain JSON values
 * @param media the {@code images}, {@code videos} and {@code audio}, plain JSON values
 * @param runs its runs, oldest first; empty if they were not requested
 * @param workflowData the workflow's name, id and description, plain JSON values
 * @param extraData the application's own data, plain JSON values
 * @param createdAt when it was created, to the second as in its JSON
 * @param updatedAt when it was last used, to the second as in its JSON
 * @param additional unknown fields of its JSON; those inside {@code memory} and
 * {@code session_data} are under these names
 */
public record WorkflowSession(String sessionId, @Nullable String workflowId, @Nullable String userId,
		@Nullable String sessionName, Map<String, @Nullable Object> sessionState, Map<String, @Nullable Object> media,
		List<SessionRun> runs, Map<String, @Nullable Object> workflowData, Map<String, @Nullable Object> extraData,
		@Nullable Instant createdAt, @Nullable Instant updatedAt, Map<String, @Nullable Object> additional) {

	private static final List<String> MEDIA = List.of("images", "videos", "audio");

	/**
	 * Copies the lists and maps, and cuts the times to whole seconds.
	 */
	public WorkflowSession {
		sessionState = copy(sessionState);
		media = copy(media);
		runs = List.copyOf(runs);
		workflowData = copy(workflowData);
		extraData = copy(extraData);
		createdAt = (createdAt != null) ? createdAt.truncatedTo(ChronoUnit.SECONDS) : null;
		updatedAt = (updatedAt != null) ? updatedAt.truncatedTo(ChronoUnit.SECONDS) : null;
		additional = copy(additional);
	}

	/**
	 * Creates the description of a new session.
	 * @param sessionId the id
	 * @param workflowId the workflow it belongs to
	 * @param userId the user it belongs to, or {@code null}
	 * @return the session, without name, state and runs
	 */
	public static WorkflowSession of(String sessionId, String workflowId, @Nullable String userId) {
		return new WorkflowSession(sessionId, workflowId, userId, null, Map.of(), Map.of(), List.of(), Map.of(),
				Map.of(), null, null, Map.of());
	}

	/**
	 * Reads a session from its JSON object. The runs are in {@code memory.runs} or in
	 * {@code runs}, as a list or as an object that holds the list under the session's id.
	 * Each run is {@code {input, response}} or only the response.
	 * @param json the fields by their JSON names
	 * @return the session
	 * @throws InvalidSessionException if a field has the wrong type
	 */
	@JsonCreator
	public static WorkflowSession fromMap(Map<String, ? extends @Nullable Object> json) {
		SessionShape.require(json);
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
		List<SessionRun> runs = SessionShape.runs(json).items().stream().map(SessionRun::fromJson).toList();
		rest.remove("runs");
		Map<String, @Nullable Object> memory = takeObject(rest, "memory");
		memory.remove("runs");
		Map<String, @Nullable Object> data = takeObject(rest, "session_data");
		String name = takeText(data, "session_name");
		Map<String, @Nullable Object> state = takeObject(data, "session_state");
		Map<String, @Nullable Object> media = new LinkedHashMap<>();
		MEDIA.forEach((kind) -> put(media, kind, data.remove(kind)));
		String sessionId = takeText(rest, "session_id");
		String workflowId = takeText(rest, "workflow_id");
		String userId = takeText(rest, "user_id");
		Map<String, @Nullable Object> workflowData = takeObject(rest, "workflow_data");
		Map<String, @Nullable Object> extraData = takeObject(rest, "extra_data");
		Instant createdAt = takeSeconds(rest, "created_at");
		Instant updatedAt = takeSeconds(rest, "updated_at");
		put(rest, "memory", memory.isEmpty() ? null : memory);
		put(rest, "session_data", data.isEmpty() ? null : data);
		return new WorkflowSession(Ids.requireSessionId(sessionId), workflowId, userId, name, state, media, runs,
				workflowData, extraData, createdAt, updatedAt, rest);
	}

	/**
	 * Reads a session from its JSON text.
	 * @param json the text of an object
	 * @return the session
	 * @throws InvalidSessionException if a field has the wrong type
	 * @throws tools.jackson.core.JacksonException if the text is not a JSON object
	 */
	public static WorkflowSession fromJson(String json) {
		return fromMap(Json.readMapWithNaN(json));
	}

	/**
	 * Returns the session's JSON object.
	 * @return the fields by their JSON names
	 */
	@JsonValue
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(this.additional);
		Map<String, @Nullable Object> memory = takeObject(rest, "memory");
		memory.put("runs", this.runs.stream().map(SessionRun::toMap).toList());
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		put(data, "session_name", this.sessionName);
		data.put("session_state", this.sessionState);
		data.putAll(this.media);
		data.putAll(takeObject(rest, "session_data"));
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("session_id", this.sessionId);
		put(json, "workflow_id", this.workflowId);
		put(json, "user_id", this.userId);
		json.put("memory", memory);
		json.put("session_data", data);
		put(json, "workflow_data", this.workflowData.isEmpty() ? null : this.workflowData);
		put(json, "extra_data", this.extraData.isEmpty() ? null : this.extraData);
		put(json, "created_at", seconds(this.createdAt));
		put(json, "updated_at", seconds(this.updatedAt));
		json.putAll(rest);
		return json;
	}

	/**
	 * Returns the session's JSON text.
	 * @return the text of {@link #toMap()}
	 */
	public String toJson() {
		return Json.write(toMap());
	}

	/**
	 * Returns a copy with other runs.
	 * @param runs the runs, oldest first
	 * @return the copy
	 */
	public WorkflowSession withRuns(List<SessionRun> runs) {
		return new WorkflowSession(this.sessionId, this.workflowId, this.userId, this.sessionName, this.sessionState,
				this.media, runs, this.workflowData, this.extraData, this.createdAt, this.updatedAt, this.additional);
	}

	/**
	 * Returns a copy with another id, to import it beside the original. Its runs get new
	 * ids when it is imported.
	 * @param sessionId the id
	 * @return the copy
	 */
	public WorkflowSession withSessionId(String sessionId) {
		return new WorkflowSession(Ids.requireSessionId(sessionId), this.workflowId, this.userId, this.sessionName,
				this.sessionState, this.media, this.runs.stream().map(SessionRun::withoutId).toList(),
				this.workflowData, this.extraData, this.createdAt, this.updatedAt, this.additional);
	}

	private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> map) {
		return Collections.unmodifiableMap(new LinkedHashMap<>(map));
	}

	private static void put(Map<String, @Nullable Object> map, String name, @Nullable Object value) {
		if (value != null) {
			map.put(name, value);
		}
		else {
			map.remove(name);
		}
	}

	@SuppressWarnings("unchecked") // the shape was checked
	private static Map<String, @Nullable Object> takeObject(Map<String, @Nullable Object> map, String name) {
		Object value = map.remove(name);
		return (value != null) ? new LinkedHashMap<>((Map<String, @Nullable Object>) value) : new LinkedHashMap<>();
	}

	private static @Nullable String takeText(Map<String, @Nullable Object> map, String name) {
		return (String) map.remove(name);
	}

	private static @Nullable Instant takeSeconds(Map<String, @Nullable Object> map, String name) {
		Object value = map.remove(name);
		return (value instanceof Number number) ? Instant.ofEpochSecond(number.longValue()) : null;
	}

	private static @Nullable Long seconds(@Nullable Instant time) {
		return (time != null) ? time.getEpochSecond() : null;
	}

	/**
	 * One run in the JSON of a session.
	 *
	 * @param input the arguments by parameter name; {@code null} if the JSON was only the
	 * response
	 * @param response the response of the run
	 * @param additional other fields beside {@code input} and {@code response}
	 */
	public record SessionRun(@Nullable Map<String, @Nullable Object> input, RunResponse response,
			Map<String, @Nullable Object> additional) {

		@SuppressWarnings("unchecked") // the shape was checked
		static SessionRun fromJson(Object value) {
			Map<String, @Nullable Object> json = (Map<String, @Nullable Object>) value;
			if (!SessionShape.isWrapped(json)) {
				return new SessionRun(null, RunResponse.fromMap(json), Map.of());
			}
			Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
			RunResponse response = RunResponse.fromMap(takeObject(rest, "response"));
			return new SessionRun(takeObject(rest, "input"), response, rest);
		}

		SessionRun withoutId() {
			RunResponse copy = this.response.toBuilder().runId(null).sessionId(null).build();
			return new SessionRun(this.input, copy, this.additional);
		}

		/**
		 * Returns the run's JSON object.
		 * @return the fields by their JSON names
		 */
		@JsonValue
		public Map<String, @Nullable Object> toMap() {
			if (this.input == null) {
				return this.response.toMap();
			}
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("input", this.input);
			json.put("response", this.response.toMap());
			json.putAll(this.additional);
			return json;
		}

	}

}
