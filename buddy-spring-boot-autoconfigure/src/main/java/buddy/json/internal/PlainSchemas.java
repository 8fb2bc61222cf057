package buddy.json.internal;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Simplifies a schema: definitions that are not recursive are inlined, and a list of
 * types becomes an {@code anyOf}.
 */
final class PlainSchemas {

	private static final String DEFINITIONS = "$defs";

	private static final String REFERENCE = "$ref";

	private static final String PREFIX = "#/$defs/";

	/** Keywords that do not constrain the value, and stay beside an {@code anyOf}. */
	private static final Set<String> ANNOTATIONS = Set.of("description", "title", "default", "examples", "deprecated");

	/** Keywords whose values are plain JSON. */
	private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples", "required");

	/**
	 * The maximum size of an inlined schema, since nested types multiply. A larger one
	 * keeps its definitions.
	 */
	private static final int MAX_NODES = 5000;

	private final JsonNode definitions;

	private final Set<String> recursive = new LinkedHashSet<>();

	private int nodes;

	private PlainSchemas(JsonNode definitions) {
		this.definitions = definitions;
	}

	static ObjectNode of(ObjectNode schema) {
		PlainSchemas plain = new PlainSchemas(schema.path(DEFINITIONS));
		plain.definitions.propertyNames().forEach((name) -> {
			if (plain.reaches(plain.definitions.path(name), name, new HashSet<>())) {
				plain.recursive.add(name);
			}
		});
		ObjectNode inlined = plain.whole(schema);
		if (plain.nodes > MAX_NODES) {
			plain.definitions.propertyNames().forEach(plain.recursive::add);
			inlined = plain.whole(schema);
		}
		return inlined;
	}

	private ObjectNode whole(ObjectNode schema) {
		ObjectNode copy = JsonNodeFactory.instance.objectNode();
		schema.properties()
			.stream()
			.filter((entry) -> !entry.getKey().equals(DEFINITIONS))
			.forEach((entry) -> copy.set(entry.getKey(), within(entry)));
		if (!this.recursive.isEmpty()) {
			ObjectNode kept = copy.putObject(DEFINITIONS);
			this.recursive.forEach((name) -> kept.set(name, plain(this.definitions.path(name))));
		}
		return copy;
	}

	/** Whether a schema refers to a definition, directly or indirectly. */
	private boolean reaches(JsonNode schema, String wanted, Set<String> seen) {
		for (JsonNode reference : schema.findValues(REFERENCE)) {
			String name = name(reference);
			if (name.equals(wanted) || (seen.add(name) && reaches(this.definitions.path(name), wanted, seen))) {
				return true;
			}
		}
		return false;
	}

	private static String name(JsonNode reference) {
		String text = reference.asString("");
		return text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
	}

	private JsonNode plain(JsonNode schema) {
		if (this.nodes > MAX_NODES && this.recursive.size() < this.definitions.size()) {
			return schema; // too large: the result is discarded
		}
		this.nodes++;
		if (schema instanceof ArrayNode list) {
			ArrayNode copy = JsonNodeFactory.instance.arrayNode();
			list.forEach((item) -> copy.add(plain(item)));
			return copy;
		}
		if (!(schema instanceof ObjectNode object)) {
			return schema;
		}
		if (object.path(REFERENCE).isString() && !this.recursive.contains(name(object.path(REFERENCE)))) {
			return inlined(object);
		}
		ObjectNode copy = JsonNodeFactory.instance.objectNode();
		object.properties().forEach((entry) -> copy.set(entry.getKey(), within(entry)));
		return copy.path("type").isArray() ? choice(copy) : copy;
	}

	private JsonNode within(Map.Entry<String, JsonNode> entry) {
		return VALUES.contains(entry.getKey()) && !entry.getValue().isObject() ? entry.getValue()
				: plain(entry.getValue());
	}

	/** Returns the definition, with the keywords beside the reference to it. */
	private JsonNode inlined(ObjectNode reference) {
		JsonNode target = plain(this.definitions.path(name(reference.path(REFERENCE))));
		ObjectNode beside = reference.deepCopy();
		beside.remove(REFERENCE);
		if (beside.isEmpty() || !(target instanceof ObjectNode object)) {
			return target;
		}
		boolean clash = beside.propertyStream()
			.anyMatch((entry) -> object.has(entry.getKey()) && !ANNOTATIONS.contains(entry.getKey()));
		ObjectNode both = clash ? JsonNodeFactory.instance.objectNode() : object.deepCopy();
		if (clash) {
			both.putArray("allOf").add(object);
		}
		beside.properties().forEach((entry) -> both.set(entry.getKey(), within(entry)));
		return both;
	}

	private static ObjectNode choice(ObjectNode schema) {
		ObjectNode either = JsonNodeFactory.instance.objectNode();
		ObjectNode rest = schema.deepCopy();
		rest.remove("type");
		ANNOTATIONS.forEach((name) -> {
			if (rest.has(name)) {
				either.set(name, rest.remove(name));
			}
		});
		ArrayNode choices = either.putArray("anyOf");
		for (JsonNode type : schema.path("type")) {
			ObjectNode one = choices.addObject().put("type", type.stringValue());
			if (!type.stringValue().equals("null")) {
				one.setAll(rest);
			}
		}
		return either;
	}

}
