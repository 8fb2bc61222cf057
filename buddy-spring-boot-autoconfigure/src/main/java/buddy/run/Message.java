package buddy.run;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation with a language model.
 *
 * @param role the role of the author: {@code system}, {@code user}, {@code assistant} or
 * {@code tool}
 * @param content the content: text, or a plain JSON value
 * @param additional every other field of the message's JSON, such as {@code tool_calls},
 * by its JSON name
 */
public record Message(String role, @Nullable Object content, Map<String, @Nullable Object> additional) {

	/**
	 * Copies the additional fields.
	 */
	public Message {
		additional = Documents.copy(additional);
	}

	/**
	 * Creates a message without additional fields.
	 * @param role the role of the author
	 * @param content the content
	 * @return the message
	 */
	public static Message of(String role, @Nullable Object content) {
		return new Message(role, content, Map.of());
	}

	/**
	 * Reads a message from its JSON object.
	 * @param json the fields by their JSON names
	 * @return the message
	 */
	@JsonCreator
	public static Message fromMap(Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> rest = new LinkedHashMap<>(json);
		Object role = rest.remove("role");
		Object content = rest.remove("content");
		return new Message((role != null) ? role.toString() : "", content, rest);
	}

	/**
	 * Returns a copy with one more field.
	 * @param name the field's JSON name
	 * @param value its plain value; {@code null} removes the field
	 * @return the copy
	 */
	public Message with(String name, @Nullable Object value) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>(this.additional);
		fields.put(name, value);
		return new Message(this.role, this.content, fields);
	}

	/**
	 * Returns the message's JSON object without nulls.
	 * @return the fields by their JSON names
	 */
	@JsonValue
	public Map<String, @Nullable Object> toMap() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("role", this.role);
		Documents.put(json, "content", this.content);
		json.putAll(this.additional);
		return json;
	}

}
