package buddy.run;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import buddy.json.internal.Json;

/**
 * The response of a run of a workflow or an agent. It is immutable and has the fields of
 * the Python framework.
 *
 * <p>
 * It is a JSON object with typed accessors. Nulls are left out and unknown fields are
 * kept. In memory, {@code content} is the object that was set, not a copy.
 */
public final class RunResponse {

	private final Map<String, Object> fields;

	private RunResponse(Map<String, Object> fields) {
		this.fields = Collections.unmodifiableMap(fields);
	}

	/**
	 * Creates a response with a content and its type.
	 * @param content text, a number, a list, a map, a record or {@code null}
	 * @return the response
	 */
	public static RunResponse of(@Nullable Object content) {
		return builder().content(content).build();
	}

	/**
	 * Starts an empty response.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder(new LinkedHashMap<>());
	}

	/**
	 * Starts a changed copy.
	 * @return a builder that holds the fields of this response
	 */
	public Builder toBuilder() {
		return new Builder(new LinkedHashMap<>(this.fields));
	}

	/**
	 * Reads a response from its JSON object. Unknown fields are kept.
	 * @param json the fields by their JSON names
	 * @return the response
	 * @throws IllegalArgumentException if a field has the wrong type
	 */
	@JsonCreator
	public static RunResponse fromMap(Map<String, ? extends @Nullable Object> json) {
		Map<String, Object> fields = new LinkedHashMap<>();
		json.forEach((name, value) -> {
			if (value != null) {
				fields.put(name, ResponseField.read(name, value));
			}
		});
		return new RunResponse(fields);
	}

	/**
	 * Reads a response from its JSON text.
	 * @param json the text of an object
	 * @return the response
	 */
	public static RunResponse fromJson(String json) {
		return fromMap(Json.readMap(json));
	}

	/**
	 * Returns the response's JSON object as plain maps, lists and scalars, without nulls.
	 * @return the fields by their JSON names
	 */
	@JsonValue
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		this.fields.forEach((name, value) -> json.put(name, ResponseField.write(value)));
		return json;
	}

	/**
	 * Returns the response's JSON text.
	 * @return the text of {@link #toMap()}
	 */
	public String toJson() {
		return Json.write(toMap());
	}

	/**
	 * Returns the content as an instance of a type, converted through JSON if necessary.
	 * @param type the type wanted
	 * @param <T> the type wanted
	 * @return the content, or {@code null} if there is none
	 * @throws tools.jackson.core.JacksonException if the content does not fit the type
	 */
	public <T> @Nullable T contentAs(Class<T> type) {
		return Json.convert(content(), type);
	}

	/**
	 * Returns the content as an instance of a generic type, such as a list of records.
	 * @param type the type wanted
	 * @param <T> the type wanted
	 * @return the content read from its JSON, or {@code null} if there is none
	 * @throws tools.jackson.core.JacksonException if the content does not fit the type
	 */
	@SuppressWarnings("unchecked") // it is read as that type
	public <T> @Nullable T contentAs(ParameterizedTypeReference<T> type) {
		return (T) Json.convert(content(), type.getType());
	}

	/**
	 * Returns the content as text: text as it is, anything else as JSON.
	 * @return the text; empty if there is no content
	 */
	public String contentAsString() {
		Object content = content();
		if (content == null) {
			return "";
		}
		return (content instanceof CharSequence) ? content.toString() : Json.writeValue(content);
	}

	/**
	 * Returns whether the run waits for a person or a time.
	 * @return whether its status is {@link RunStatus#PAUSED}
	 */
	public boolean isPaused() {
		return status() == RunStatus.PAUSED;
	}

	/**
	 * Returns what a paused run waits for.
	 * @return the waits; empty if the run has not paused
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<RunWait> waitsFor() {
		return (List<RunWait>) this.fields.getOrDefault("waits_for", List.of());
	}

	/**
	 * Returns whether the run was cancelled.
	 * @return whether its status is {@link RunStatus#CANCELLED}
	 */
	public boolean isCancelled() {
		return status() == RunStatus.CANCELLED;
	}

	/**
	 * Returns the result: text, a number, a list, a map, a record.
	 * @return the value, or {@code null}
	 */
	public @Nullable Object content() {
		return this.fields.get("content");
	}

	/**
	 * Returns the kind of the content: {@code str}, {@code dict}, {@code list} or a
	 * class's simple name.
	 * @return the value, or {@code null}
	 */
	public @Nullable String contentType() {
		return (String) this.fields.get("content_type");
	}

	/**
	 * Returns the model's thinking text.
	 * @return the value, or {@code null}
	 */
	public @Nullable String thinking() {
		return (String) this.fields.get("thinking");
	}

	/**
	 * Returns the model's reasoning text.
	 * @return the value, or {@code null}
	 */
	public @Nullable String reasoningContent() {
		return (String) this.fields.get("reasoning_content");
	}

	/**
	 * Returns the messages exchanged with the model, oldest first.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<Message> messages() {
		return (List<Message>) this.fields.getOrDefault("messages", List.of());
	}

	/**
	 * Returns the metrics of the model calls: {@code input_tokens},
	 * {@code output_tokens}, {@code total_tokens}, and {@code time} in seconds, each a
	 * list with one entry per model call.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public Map<String, @Nullable Object> metrics() {
		return (Map<String, @Nullable Object>) this.fields.getOrDefault("metrics", Map.of());
	}

	/**
	 * Returns the model's name.
	 * @return the value, or {@code null}
	 */
	public @Nullable String model() {
		return (String) this.fields.get("model");
	}

	/**
	 * Returns the model's provider.
	 * @return the value, or {@code null}
	 */
	public @Nullable String modelProvider() {
		return (String) this.fields.get("model_provider");
	}

	/**
	 * Returns the run id.
	 * @return the value, or {@code null}
	 */
	public @Nullable String runId() {
		return (String) this.fields.get("run_id");
	}

	/**
	 * Returns the agent's id.
	 * @return the value, or {@code null}
	 */
	public @Nullable String agentId() {
		return (String) this.fields.get("agent_id");
	}

	/**
	 * Returns the agent's name.
	 * @return the value, or {@code null}
	 */
	public @Nullable String agentName() {
		return (String) this.fields.get("agent_name");
	}

	/**
	 * Returns the session id.
	 * @return the value, or {@code null}
	 */
	public @Nullable String sessionId() {
		return (String) this.fields.get("session_id");
	}

	/**
	 * Returns the workflow id.
	 * @return the value, or {@code null}
	 */
	public @Nullable String workflowId() {
		return (String) this.fields.get("workflow_id");
	}

	/**
	 * Returns the tools that the model called.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<ToolExecution> tools() {
		return (List<ToolExecution>) this.fields.getOrDefault("tools", List.of());
	}

	/**
	 * Returns images, as plain JSON objects.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<Map<String, @Nullable Object>> images() {
		return (List<Map<String, @Nullable Object>>) this.fields.getOrDefault("images", List.of());
	}

	/**
	 * Returns videos, as plain JSON objects.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<Map<String, @Nullable Object>> videos() {
		return (List<Map<String, @Nullable Object>>) this.fields.getOrDefault("videos", List.of());
	}

	/**
	 * Returns audio, as plain JSON objects.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<Map<String, @Nullable Object>> audio() {
		return (List<Map<String, @Nullable Object>>) this.fields.getOrDefault("audio", List.of());
	}

	/**
	 * Returns the model's spoken answer, as a plain JSON object.
	 * @return the value, or {@code null}
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public @Nullable Map<String, @Nullable Object> responseAudio() {
		return (Map<String, @Nullable Object>) this.fields.get("response_audio");
	}

	/**
	 * Returns the citations of the answer, as a plain JSON object.
	 * @return the value, or {@code null}
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public @Nullable Map<String, @Nullable Object> citations() {
		return (Map<String, @Nullable Object>) this.fields.get("citations");
	}

	/**
	 * Returns additional data of the application.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public Map<String, @Nullable Object> extraData() {
		return (Map<String, @Nullable Object>) this.fields.getOrDefault("extra_data", Map.of());
	}

	/**
	 * Returns when the run began, to the second as in its JSON.
	 * @return the time, or {@code null}
	 */
	public @Nullable Instant createdAt() {
		Long seconds = (Long) this.fields.get("created_at");
		return (seconds != null) ? Instant.ofEpochSecond(seconds) : null;
	}

	/**
	 * Returns the events of the run, if they were kept.
	 * @return the values; empty if there are none
	 */
	@SuppressWarnings("unchecked") // the builder and the reader put only this type
	public List<RunResponseEvent> events() {
		return (List<RunResponseEvent>) this.fields.getOrDefault("events", List.of());
	}

	/**
	 * Returns the status of the run.
	 * @return the value, or {@code null}
	 */
	public @Nullable RunStatus status() {
		return (RunStatus) this.fields.get("status");
	}

	/**
	 * Returns why the model of an agent stopped, in the words of the model's provider in
	 * lower case: {@code stop}, or {@code length}, {@code content_filter} or
	 * {@code refusal} if the answer may be incomplete. {@code incomplete} is a stream
	 * that ended without a reason. {@code cancelled} and {@code error} are calls that
	 * were cancelled or failed.
	 * @return the finish reason, or {@code null} if it is not known
	 */
	public @Nullable String finishReason() {
		return (String) this.fields.get("finish_reason");
	}

	/**
	 * Returns a field by its JSON name, including fields that this version does not know.
	 * @param jsonName the name, in snake_case
	 * @return the value, or {@code null}
	 */
	public @Nullable Object field(String jsonName) {
		return this.fields.get(jsonName);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RunResponse response && this.fields.equals(response.fields);
	}

	@Override
	public int hashCode() {
		return this.fields.hashCode();
	}

	@Override
	public String toString() {
		return "RunResponse" + this.fields;
	}

	/**
	 * Builder for {@link RunResponse}. Setting a field to {@code null} removes it.
	 */
	public static final class Builder {

		private final Map<String, Object> fields;

		private Builder(Map<String, Object> fields) {
			this.fields = fields;
		}

		/**
		 * Sets the content and, with it, the content type.
		 * @param content text, a number, a list, a map, a record or {@code null}
		 * @return this builder
		 */
		public Builder content(@Nullable Object content) {
			return put("content", content).put("content_type", ContentType.of(content));
		}

		/**
		 * Sets the kind of the content: {@code str}, {@code dict}, {@code list} or a
		 * class's simple name.
		 * @param contentType the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder contentType(@Nullable String contentType) {
			return put("content_type", contentType);
		}

		/**
		 * Sets the model's thinking text.
		 * @param thinking the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder thinking(@Nullable String thinking) {
			return put("thinking", thinking);
		}

		/**
		 * Sets the model's reasoning text.
		 * @param reasoningContent the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder reasoningContent(@Nullable String reasoningContent) {
			return put("reasoning_content", reasoningContent);
		}

		/**
		 * Sets the messages exchanged with the model, oldest first.
		 * @param messages the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder messages(@Nullable List<Message> messages) {
			return put("messages", copy(messages));
		}

		/**
		 * Sets the metrics of the model calls: {@code input_tokens},
		 * {@code output_tokens}, {@code total_tokens}, and {@code time} in seconds, each
		 * a list with one entry per model call.
		 * @param metrics the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder metrics(@Nullable Map<String, @Nullable Object> metrics) {
			return put("metrics", copy(metrics));
		}

		/**
		 * Sets the model's name.
		 * @param model the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder model(@Nullable String model) {
			return put("model", model);
		}

		/**
		 * Sets the model's provider.
		 * @param modelProvider the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder modelProvider(@Nullable String modelProvider) {
			return put("model_provider", modelProvider);
		}

		/**
		 * Sets the run id.
		 * @param runId the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder runId(@Nullable String runId) {
			return put("run_id", runId);
		}

		/**
		 * Sets the agent's id.
		 * @param agentId the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder agentId(@Nullable String agentId) {
			return put("agent_id", agentId);
		}

		/**
		 * Sets the agent's name.
		 * @param agentName the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder agentName(@Nullable String agentName) {
			return put("agent_name", agentName);
		}

		/**
		 * Sets the session id.
		 * @param sessionId the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder sessionId(@Nullable String sessionId) {
			return put("session_id", sessionId);
		}

		/**
		 * Sets the workflow id.
		 * @param workflowId the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder workflowId(@Nullable String workflowId) {
			return put("workflow_id", workflowId);
		}

		/**
		 * Sets the tools that the model called.
		 * @param tools the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder tools(@Nullable List<ToolExecution> tools) {
			return put("tools", copy(tools));
		}

		/**
		 * Sets images, as plain JSON objects.
		 * @param images the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder images(@Nullable List<Map<String, @Nullable Object>> images) {
			return put("images", copy(images));
		}

		/**
		 * Sets videos, as plain JSON objects.
		 * @param videos the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder videos(@Nullable List<Map<String, @Nullable Object>> videos) {
			return put("videos", copy(videos));
		}

		/**
		 * Sets audio, as plain JSON objects.
		 * @param audio the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder audio(@Nullable List<Map<String, @Nullable Object>> audio) {
			return put("audio", copy(audio));
		}

		/**
		 * Sets the model's spoken answer, as a plain JSON object.
		 * @param responseAudio the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder responseAudio(@Nullable Map<String, @Nullable Object> responseAudio) {
			return put("response_audio", copy(responseAudio));
		}

		/**
		 * Sets the citations of the answer, as a plain JSON object.
		 * @param citations the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder citations(@Nullable Map<String, @Nullable Object> citations) {
			return put("citations", copy(citations));
		}

		/**
		 * Sets additional data of the application.
		 * @param extraData the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder extraData(@Nullable Map<String, @Nullable Object> extraData) {
			return put("extra_data", copy(extraData));
		}

		/**
		 * Sets when the run began; fractions of a second are cut off.
		 * @param createdAt the time, or {@code null} for none
		 * @return this builder
		 */
		public Builder createdAt(@Nullable Instant createdAt) {
			return put("created_at", (createdAt != null) ? createdAt.getEpochSecond() : null);
		}

		/**
		 * Sets the events of the run.
		 * @param events the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder events(@Nullable List<RunResponseEvent> events) {
			return put("events", copy(events));
		}

		/**
		 * Sets the status of the run.
		 * @param status the value, or {@code null} for none
		 * @return this builder
		 */
		public Builder status(@Nullable RunStatus status) {
			return put("status", status);
		}

		/**
		 * Sets why the model of an agent stopped.
		 * @param finishReason the finish reason, such as {@code length}, or {@code null}
		 * for none
		 * @return this builder
		 */
		public Builder finishReason(@Nullable String finishReason) {
			return put("finish_reason", finishReason);
		}

		/**
		 * Sets a field by its JSON name, including fields that this version does not
		 * know.
		 * @param jsonName the name, in snake_case
		 * @param value a plain JSON value, or {@code null} for none
		 * @return this builder
		 */
		public Builder field(String jsonName, @Nullable Object value) {
			return put(jsonName, (value != null) ? ResponseField.read(jsonName, value) : null);
		}

		/**
		 * Builds the response.
		 * @return the response; the builder can be used further
		 */
		public RunResponse build() {
			return new RunResponse(new LinkedHashMap<>(this.fields));
		}

		private Builder put(String name, @Nullable Object value) {
			if (value != null) {
				this.fields.put(name, value);
			}
			else {
				this.fields.remove(name);
			}
			return this;
		}

		private static <T> @Nullable List<T> copy(@Nullable List<T> list) {
			return (list != null && !list.isEmpty()) ? List.copyOf(list) : null;
		}

		private static @Nullable Map<String, @Nullable Object> copy(@Nullable Map<String, @Nullable Object> map) {
			return (map != null && !map.isEmpty()) ? Documents.copy(map) : null;
		}

	}

}
