package buddy.run;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;

/**
 * One call of a tool by a language model.
 *
 * @param toolCallId the model's id of the call
 * @param toolName the tool
 * @param toolArgs the arguments that the model passed
 * @param result the result as the model got it, or {@code null} before the call ends
 * @param toolCallError whether the tool failed, or {@code null} if that is not known
 * @param additional every other field of its JSON, by its JSON name
 */
public record ToolExecution(@Nullable String toolCallId, @Nullable String toolName,
		@Nullable Map<String, @Nullable Object> toolArgs, @Nullable String result, @Nullable Boolean toolCallError,
		Map<String, @Nullable Object> additional) {

	/**
	 * Copies the maps. Arguments that are {@code null} are kept.
	 */
	public ToolExecution {
		toolArgs = (toolArgs != null) ? Documents.copyWithNulls(toolArgs) : null;
		additional = Documents.copy(additional);
	}

	/**
	 * Reads a tool execution from its JSON object.
	 * @param json the fields by their JSON names
	 * @return the tool execution
	 */
	@JsonCreator
	public static ToolExecution fromMap(Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
		String id = Documents.takeText(rest, "tool_call_id");
		String name = Documents.takeText(rest, "tool_name");
		Map<String, @Nullable Object> args = (rest.get("tool_args") instanceof Map<?, ?>)
				? Documents.asMap(rest.remove("tool_args")) : null;
		String result = (rest.get("result") instanceof String) ? Documents.takeText(rest, "result") : null;
		Boolean error = Json.convert(rest.remove("tool_call_error"), Boolean.class);
		return new ToolExecution(id, name, args, result, error, rest);
	}

	/**
	 * Returns its JSON object without nulls.
	 * @return the fields by their JSON names
	 */
	@JsonValue
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		Documents.put(json, "tool_call_id", this.toolCallId);
		Documents.put(json, "tool_name", this.toolName);
		Documents.put(json, "tool_args", this.toolArgs);
		Documents.put(json, "result", this.result);
		Documents.put(json, "tool_call_error", this.toolCallError);
		json.putAll(this.additional);
		return json;
	}

}
