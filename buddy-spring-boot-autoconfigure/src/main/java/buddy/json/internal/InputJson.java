package buddy.json.internal;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON input exactly as {@link JsonSchemas} describes it: values of another JSON
 * type are not converted, and unknown properties and {@code null} for non-null types are
 * refused.
 */
public final class InputJson {

	private InputJson() {
	}

	/**
	 * Returns a value as an instance of a type. A value that already has the type is
	 * returned as is.
	 * @param value a plain value or an instance of the type, or {@code null}
	 * @param type the target type
	 * @return the instance; for {@code null} the type's null value, such as an empty
	 * {@code Optional}
	 * @throws JacksonException if the JSON does not fit the type, with the path to the
	 * wrong field
	 */
	public static @Nullable Object read(@Nullable Object value, Type type) {
		JsonMapper mapper = mapper();
		JavaType javaType = mapper.constructType(type);
		if (value != null && !javaType.isContainerType() && javaType.getRawClass().isInstance(value)) {
			return value;
		}
		JsonNode tree = mapper.valueToTree(value);
		refuseNullItems(tree, javaType);
		return mapper.readValue(mapper.treeAsTokens(tree), javaType);
	}

	/**
	 * Finds a type that cannot be read from JSON, such as an interface without known
	 * implementations. Components that are declared nullable are ignored.
	 * @param type the type
	 * @return the type that cannot be read, {@code type} or one within it, or
	 * {@code null} if there is none
	 */
	public static @Nullable Type unreadable(Type type) {
		return UnreadableTypes.find(mapper(), mapper().constructType(type));
	}

	/**
	 * Returns the Jackson type of a Java type.
	 * @param type the type
	 * @return the type with resolved generics
	 */
	public static JavaType type(Type type) {
		return mapper().constructType(type);
	}

	/**
	 * Returns the properties that are read when a type is deserialized.
	 * @param type the type
	 * @return the properties by their Java name
	 */
	public static Map<String, Property> properties(JavaType type) {
		DeserializationConfig config = mapper().deserializationConfig();
		ClassIntrospector introspector = config.classIntrospectorInstance();
		return introspector.introspectForDeserialization(type, introspector.introspectClassAnnotations(type))
			.findProperties()
			.stream()
			.collect(Collectors.toMap(BeanPropertyDefinition::getInternalName,
					(property) -> new Property(property.getName(), property.getPrimaryType()),
					(first, second) -> first));
	}

	static JsonMapper mapper() {
		return JsonExtension.mappers().input();
	}

	/**
	 * Refuses null items of the value itself; {@link NullnessIntrospector} does so for
	 * items of its properties.
	 */
	private static void refuseNullItems(JsonNode node, JavaType type) {
		JavaType items = type.getContentType();
		if (!type.isContainerType() || items == null || items.isJavaLangObject()) {
			return;
		}
		for (JsonNode item : node) {
			if (item.isNull()) {
				throw DatabindException.from((tools.jackson.core.JsonParser) null,
						"null is not allowed as an item of " + type.toCanonical());
			}
			refuseNullItems(item, items);
		}
	}

	/**
	 * A property of a JSON object.
	 *
	 * @param name its name in JSON
	 * @param type its type
	 */
	public record Property(String name, JavaType type) {
	}

}
