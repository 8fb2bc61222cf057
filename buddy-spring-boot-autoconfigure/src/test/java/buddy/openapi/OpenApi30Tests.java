package buddy.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import buddy.json.internal.Json;
import buddy.workflow.internal.definition.InputDescriptors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The document in OpenAPI 3.0, of workflows with inputs of every type: nothing is in it
 * that 3.0 does not know.
 */
class OpenApi30Tests {

	/** The fields of a Schema Object in OpenAPI 3.0.3, without those of extensions. */
	private static final Set<String> FIELDS = Set.of("title", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
			"exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
			"maxProperties", "minProperties", "required", "enum", "type", "allOf", "oneOf", "anyOf", "not", "items",
			"properties", "additionalProperties", "description", "format", "default", "nullable", "discriminator",
			"readOnly", "writeOnly", "xml", "externalDocs", "example", "deprecated");

	private static final Set<String> TYPES = Set.of("array", "boolean", "integer", "number", "object", "string");

	private final Map<String, Object> document = convert(
			new OpenApiDocument("/buddy", InputDescriptors.ofEveryType()).json());

	private final List<String> errors = new ArrayList<>();

	@Test
	void documentHasNothingThatVersion30DoesNotKnow() {
		Map<?, ?> schemas = (Map<?, ?>) at(this.document, "components", "schemas");
		schemas.forEach((name, schema) -> check("schemas/" + name, schema));
		checkAll("", this.document);

		assertThat(this.errors).isEmpty();
		assertThat(schemas).hasSizeGreaterThan(100);
		assertThat(Json.write(this.document)).doesNotContain("$defs").doesNotContain("\"null\"");
	}

	@Test
	void nullIsTheFieldNullable() {
		assertThat(input("NullableText")).isEqualTo(Map.of("type", "string", "nullable", true));
		assertThat(input("OptionalNumber")).containsEntry("type", "integer").containsEntry("nullable", true);
		assertThat(input("NullableSize")).isEqualTo(Map.of("nullable", true, "allOf",
				List.of(Map.of("type", "string", "enum", List.of("SMALL", "LARGE")))));
		assertThat(input("Text")).isEqualTo(Map.of("type", "string"));
		assertThat(at(this.document, "components", "schemas", "WorkflowSessionChange", "properties", "session_name"))
			.isEqualTo(Map.of("type", "string", "nullable", true, "maxLength", 255));
	}

	@Test
	void whatMustNotBeNullIsAnyValue() {
		assertThat(input("Anything")).isEmpty();
	}

	@Test
	void oneValueIsAnEnum() {
		assertThat(convert(Map.of("const", "circle"))).isEqualTo(Map.of("enum", List.of("circle")));
	}

	@Test
	void severalTypesAreAChoice() {
		assertThat(convert(Map.of("type", List.of("string", "integer", "null"))))
			.isEqualTo(Map.of("nullable", true, "anyOf", List.of(Map.of("type", "string"), Map.of("type", "integer"))));
		assertThat(convert(Map.of("type", List.of("string")))).isEqualTo(Map.of("type", "string"));
	}

	@Test
	void whatStandsBesideAReferenceIsKept() {
		assertThat(convert(Map.of("$ref", "#/components/schemas/City", "description", "Where.")))
			.isEqualTo(Map.of("allOf", List.of(Map.of("$ref", "#/components/schemas/City")), "description", "Where."));
	}

	@Test
	void fieldsOfAnApplicationMayBeNamedLikeThoseOfASchema() {
		Map<String, Object> fields = Map.of("const", Map.of("type", "string"), "propertyNames",
				Map.of("type", "string"), "$schema", Map.of("type", "string"), "properties",
				Map.of("type", "object", "properties", Map.of("$ref", Map.of("type", "string"))), "description",
				Map.of("type", "string"));

		assertThat(convert(Map.of("type", "object", "properties", fields)))
			.isEqualTo(Map.of("type", "object", "properties", fields));
	}

	@Test
	void valuesAreNoSchemas() {
		Map<String, Object> value = Map.of("const", 1, "type", List.of("a", "null"));

		assertThat(convert(Map.of("example", value, "default", value, "enum", List.of(value))))
			.isEqualTo(Map.of("example", value, "default", value, "enum", List.of(value)));
	}

	/**
	 * Whatever stands under "schema" anywhere is one; every reference leads somewhere.
	 */
	private void checkAll(String path, @Nullable Object value) {
		if (value instanceof List<?> list) {
			list.forEach((item) -> checkAll(path + "[]", item));
		}
		else if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> {
				if ("schema".equals(key)) {
					check(path, item);
				}
				if ("$ref".equals(key) && item instanceof String reference
						&& at(this.document, reference.substring(2).split("/")) == null) {
					this.errors.add(path + ": " + reference + " leads nowhere");
				}
				checkAll(path + "/" + key, item);
			});
		}
	}

	private void check(String path, @Nullable Object value) {
		if (!(value instanceof Map<?, ?> schema)) {
			this.errors.add(path + " is no schema: " + value);
			return;
		}
		if (schema.containsKey("$ref")) {
			require(path, schema.size() == 1, "has more than its $ref: " + schema);
			return;
		}
		schema.forEach((key, item) -> checkField(path, String.valueOf(key), item));
		require(path, !"array".equals(schema.get("type")) || schema.containsKey("items"), "is an array without items");
		require(path, !schema.containsKey("nullable") || Boolean.TRUE.equals(schema.get("nullable")),
				"has a 'nullable' that says nothing");
	}

	private void checkField(String path, String key, @Nullable Object item) {
		require(path, FIELDS.contains(key) || key.startsWith("x-"), "has the field " + key);
		switch (key) {
			case "type" -> require(path, TYPES.contains(item), "has the type " + item);
			case "exclusiveMinimum", "exclusiveMaximum" ->
				require(path, item instanceof Boolean, "has the limit " + item);
			case "enum" -> require(path, item instanceof List<?> list && !list.isEmpty(), "has no value");
			case "allOf", "anyOf", "oneOf" -> ((List<?>) item).forEach((one) -> check(path + "/" + key, one));
			case "items", "not" -> check(path + "/" + key, item);
			case "additionalProperties" -> {
				if (!(item instanceof Boolean)) {
					check(path + "/" + key, item);
				}
			}
			case "properties" -> ((Map<?, ?>) item).forEach((name, one) -> check(path + "/" + name, one));
			default -> {
			}
		}
	}

	private void require(String path, boolean holds, String error) {
		if (!holds) {
			this.errors.add(path + " " + error);
		}
	}

	/** The only field of a workflow's input. */
	@SuppressWarnings("unchecked")
	private Map<String, Object> input(String workflow) {
		return (Map<String, Object>) at(this.document, "components", "schemas", workflow + "Input", "properties",
				"value");
	}

	private static @Nullable Object at(@Nullable Object json, String... path) {
		Object value = json;
		for (String name : path) {
			value = (value instanceof Map<?, ?> map) ? map.get(name) : null;
		}
		return value;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> convert(Map<String, ?> json) {
		return (Map<String, Object>) OpenApi30.of(json);
	}

}
