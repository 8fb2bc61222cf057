package buddy.json.internal;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Generates JSON Schemas (draft 2020-12) of objects whose properties have Java types.
 *
 * <p>
 * The types are described by {@code com.github.victools:jsonschema-generator} with its
 * Jackson module, which are part of the starter. Without them, a schema still has the
 * names of the properties and which are required, but not their types.
 *
 * <p>
 * The schemas are kept simple for hosts with limited support: types are inlined,
 * {@code $defs} has only recursive types, and nullable types are an {@code anyOf}.
 */
public final class JsonSchemas {

	private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

	private static final boolean GENERATOR_PRESENT = ClassUtils.isPresent(
			"com.github.victools.jsonschema.module.jackson.JacksonSchemaModule", JsonSchemas.class.getClassLoader());

	private static final StringNode NULL = StringNode.valueOf("null");

	private JsonSchemas() {
	}

	/**
	 * Generates the schema of an object with exactly the given properties.
	 * {@link InputJson} reads what the schema accepts.
	 * @param properties the properties, in order
	 * @return the schema as plain maps and lists
	 */
	public static Map<String, Object> ofObject(List<Property> properties) {
		List<Type> types = properties.stream().map((property) -> unwrapped(property.type())).toList();
		Described described = GENERATOR_PRESENT ? TypeSchemas.describe(types) : open(types);
		ObjectNode schema = JsonNodeFactory.instance.objectNode();
		schema.put("$schema", DIALECT).put("type", "object");
		ObjectNode members = schema.putObject("properties");
		for (int i = 0; i < properties.size(); i++) {
			members.set(properties.get(i).name(), member(properties.get(i), described.schemas().get(i)));
		}
		List<String> required = properties.stream().filter(Property::required).map(Property::name).toList();
		if (!required.isEmpty()) {
			required.forEach(schema.putArray("required")::add);
		}
		schema.put("additionalProperties", false);
		if (!described.definitions().isEmpty()) {
			schema.set("$defs", described.definitions());
		}
		return plain(PlainSchemas.of(schema));
	}

	/**
	 * Generates the schema of a value that is not {@code null}. {@link InputJson} reads
	 * what the schema accepts.
	 * @param type the type of the value
	 * @return the schema as plain maps and lists
	 */
	public static Map<String, Object> ofValue(Type type) {
		List<Type> types = List.of(unwrapped(type));
		Described described = GENERATOR_PRESENT ? TypeSchemas.describe(types) : open(types);
		ObjectNode schema = JsonNodeFactory.instance.objectNode().put("$schema", DIALECT);
		schema.setAll(notNull(described.schemas().get(0).deepCopy()));
		if (!described.definitions().isEmpty()) {
			schema.set("$defs", described.definitions());
		}
		return plain(PlainSchemas.of(schema));
	}

	private static ObjectNode member(Property property, ObjectNode type) {
		ObjectNode member = property.required() ? notNull(type.deepCopy()) : nullable(type.deepCopy());
		if (property.description() != null) {
			member.put("description", property.description());
		}
		return member;
	}

	/** Excludes {@code null} from a schema that would accept it. */
	private static ObjectNode notNull(ObjectNode schema) {
		if (schema.isEmpty()) {
			schema.putObject("not").put("type", "null");
		}
		return schema;
	}

	private static Type unwrapped(Type type) {
		return (type instanceof ParameterizedType optional && optional.getRawType() == Optional.class)
				? optional.getActualTypeArguments()[0] : type;
	}

	private static ObjectNode nullable(ObjectNode schema) {
		boolean already = schema.path("anyOf").valueStream().anyMatch((choice) -> choice.path("type").equals(NULL));
		if (schema.isEmpty() || schema.path("type").isArray() || already) {
			return schema;
		}
		ObjectNode either = JsonNodeFactory.instance.objectNode();
		either.putArray("anyOf").add(schema).addObject().set("type", NULL);
		return either;
	}

	private static Described open(List<Type> types) {
		List<ObjectNode> schemas = types.stream().map((type) -> JsonNodeFactory.instance.objectNode()).toList();
		return new Described(schemas, JsonNodeFactory.instance.objectNode());
	}

	private static Map<String, Object> plain(ObjectNode schema) {
		Map<String, Object> plain = new LinkedHashMap<>();
		Json.readMap(schema.toString()).forEach((name, value) -> {
			if (value != null) {
				plain.put(name, value);
			}
		});
		return plain;
	}

	/**
	 * A property of an object.
	 *
	 * @param name its name
	 * @param type the Java type of its value
	 * @param required whether it must be present and not {@code null}
	 * @param description its description, or {@code null}
	 */
	public record Property(String name, Type type, boolean required, @Nullable String description) {
	}

	/**
	 * The schemas of types, and the definitions that they refer to under {@code $defs}.
	 *
	 * @param schemas one for each type
	 * @param definitions the shared definitions, by name
	 */
	record Described(List<ObjectNode> schemas, ObjectNode definitions) {
	}

}
