package buddy.workflow.internal.definition;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;
import buddy.workflow.NotRecorded;
import buddy.workflow.SessionId;
import buddy.workflow.UserId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.internal.definition.InputTypes.City;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The schema of a workflow's input accepts exactly what is bound to its parameters: every
 * type here meets every value here.
 */
class InputSchemaTests {

	private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	/** JSON texts of all kinds, fitting, nearly fitting and not fitting. */
	private static final List<String> VALUES = List.of("null", "true", "false", "\"true\"", "0", "1", "1.0", "1.5",
			"-1", "127", "128", "32768", "2147483648", "9223372036854775808", "1e2", "\"\"", "\"a\"", "\"ab\"", "\"1\"",
			"\"1.5\"", "\"SMALL\"", "\"small\"", "\"LARGE\"", "\"2026-02-28\"", "\"2026-02-30\"", "\"2026-02\"",
			"\"10:15\"", "\"10:15:30\"", "\"2026-02-28T10:15\"", "\"2026-02-28T10:15:30\"", "\"2026-02-28T10:15:30Z\"",
			"\"2026-02-28T10:15:30.123+01:00\"", "\"2026-02-28T10:15Z\"", "\"PT1H30M\"", "\"PT\"", "\"P1D\"",
			"\"P1DT2H\"", "\"P1Y2M\"", "\"P\"", "\"1h\"", "[2026, 2, 28]", "1700000000",
			"\"c6b9b4e8-4cbb-4c5a-9c53-0f2a2d2e9f10\"", "\"c6b9b4e84cbb4c5a9c530f2a2d2e9f10\"",
			"\"xrm06Ey7TFqcUw8qLS6fEA==\"", "\"YWI=\"", "\"a b\"", "\"https://example.com/x?y=1\"", "[]", "[1]",
			"[1, 2]", "[\"a\"]", "[\"a\", \"a\"]", "[\"a\", null]", "[null]", "[[\"a\"], []]", "[{}]",
			"[{\"name\":\"Oslo\"}]", "{}", "{\"a\":1}", "{\"a\":\"b\"}", "{\"a\":null}", "{\"SMALL\":1}",
			"{\"1\":\"b\"}", "{\"a\":[\"b\"]}", "{\"a\":[null]}", "{\"a\":{\"b\":null}}", "{\"name\":\"Oslo\"}",
			"{\"name\":null}", "{\"name\":1}", "{\"name\":\"Oslo\",\"extra\":1}",
			"{\"name\":\"Oslo\",\"people\":700000}", "{\"name\":\"Oslo\",\"people\":null}",
			"{\"name\":\"Oslo\",\"people\":\"many\"}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[\"a\"],\"size\":\"SMALL\",\"count\":1}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[null],\"size\":\"SMALL\",\"count\":1}",
			"{\"city\":{\"name\":\"Oslo\",\"x\":1},\"tags\":[],\"size\":\"SMALL\",\"count\":1}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[],\"size\":\"SMALL\"}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[],\"size\":\"SMALL\",\"count\":null}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[],\"size\":\"SMALL\",\"count\":1,\"note\":\"n\",\"due\":\"2026-02-28\"}",
			"{\"city\":{\"name\":\"Oslo\"},\"tags\":[],\"size\":\"SMALL\",\"count\":1,\"due\":[2026,2,28]}",
			"{\"title\":\"t\"}", "{\"title\":\"t\",\"level\":3}", "{\"title\":\"t\",\"level\":null}",
			"{\"title\":null}", "{\"title\":\"t\",\"secret\":\"s\"}", "{\"given_name\":\"x\"}", "{\"givenName\":\"x\"}",
			"{\"value\":1,\"children\":[{\"value\":2,\"children\":[]}]}",
			"{\"value\":1,\"children\":[{\"value\":\"x\",\"children\":[]}]}", "{\"kind\":\"circle\",\"radius\":1.5}",
			"{\"kind\":\"square\",\"side\":1}", "{\"kind\":\"square\",\"radius\":1}", "{\"kind\":\"hexagon\"}",
			"{\"radius\":1.5}", "[{\"kind\":\"circle\",\"radius\":1.5},{\"kind\":\"square\",\"side\":1}]");

	static Stream<Named<RunMethod>> methods() {
		return Arrays.stream(InputTypes.class.getDeclaredMethods())
			.filter((method) -> !method.isSynthetic())
			.map((method) -> Named.of(method.getName(), RunMethod.of(InputTypes.class, method)));
	}

	@ParameterizedTest
	@MethodSource("methods")
	void schemaAcceptsWhatIsBoundAndNothingElse(RunMethod method) {
		Schema schema = schema(method);
		List<String> differences = new ArrayList<>();
		int bound = 0;
		for (Map<String, Object> input : inputs(method)) {
			boolean accepted = accepts(schema, input);
			String error = bindingError(method, input);
			bound += (error == null) ? 1 : 0;
			if (accepted != (error == null)) {
				differences.add(Json.write(input) + " is "
						+ (accepted ? "accepted, and refused: " + error : "bound, and refused by the schema"));
			}
		}
		assertThat(differences).as(schema.getSchemaNode().toString()).isEmpty();
		assertThat(bound).as("inputs that are bound").isPositive();
	}

	@Test
	void thereAreEnoughTypes() {
		assertThat(methods()).hasSizeGreaterThan(50);
	}

	@Test
	void schemaSaysItAll() {
		JsonNode schema = Json.tree(descriptor(Described.class).inputSchema());
		assertThat(schema).isEqualTo(Json.readTree("""
				{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{
				"topic":{"type":"string","description":"What to write about."},
				"depth":{"anyOf":[{"type":"integer","minimum":-2147483648,"maximum":2147483647},{"type":"null"}]},
				"due":{"type":"string","pattern":"^\\\\d{4}-\\\\d{2}-\\\\d{2}$","format":"date"},
				"city":{"type":"object","properties":{"name":{"type":"string","description":"As on a map."},
				"people":{"anyOf":[{"type":"integer","minimum":-2147483648,"maximum":2147483647},{"type":"null"}]}},
				"required":["name"],"additionalProperties":false}},
				"required":["topic","due","city"],"additionalProperties":false}"""));
	}

	@Test
	void schemaIsACopy() {
		WorkflowDescriptor descriptor = descriptor(Described.class);
		Map<String, Object> changed = descriptor.inputSchema();
		changed.clear();
		assertThat(descriptor.inputSchema()).isNotEmpty();
	}

	@ParameterizedTest
	@MethodSource("methods")
	void schemaIsPlain(RunMethod method) {
		JsonNode schema = Json.tree(descriptor(method).inputSchema());
		assertThat(schema.findValues("type")).as(schema.toString()).noneMatch(JsonNode::isArray);
		List<String> references = schema.findValuesAsString("$ref");
		if (!method.method().getName().equals("recursive")) {
			assertThat(references).as(schema.toString()).isEmpty();
			assertThat(schema.has("$defs")).isFalse();
		}
	}

	@Test
	void whatSharesATypeHasItInPlace() {
		JsonNode schema = Json.tree(descriptor(TwoCities.class).inputSchema());
		assertThat(schema.has("$defs")).isFalse();
		assertThat(schema.at("/properties/from/properties/name/type").stringValue()).isEqualTo("string");
		assertThat(schema.at("/properties/to")).isEqualTo(schema.at("/properties/from"));
		assertThat(schema.at("/properties/maybe/anyOf/0")).isEqualTo(schema.at("/properties/from"));
		assertThat(schema.at("/properties/maybe/anyOf/1/type").stringValue()).isEqualTo("null");
	}

	@Test
	void onlyWhatHoldsItselfIsADefinition() {
		JsonNode schema = Json.tree(descriptor(Recursive.class).inputSchema());
		assertThat(schema.path("$defs").propertyNames()).containsExactly("Branch");
		assertThat(schema.at("/$defs/Branch/properties/where/properties/name/type").stringValue()).isEqualTo("string");
		assertThat(accepts(SCHEMAS.getSchema(schema),
				Map.of("root", Json.readMap(
						"{\"where\":{\"name\":\"Oslo\"},\"parts\":[{\"where\":{\"name\":\"Bergen\"},\"parts\":[]}]}"),
						"other", Map.of("name", "Oslo"))))
			.isTrue();
	}

	@Test
	void schemaThatWouldGrowWithoutMeasureKeepsItsDefinitions() {
		JsonNode schema = Json.tree(descriptor(Wide.class).inputSchema());
		assertThat(schema.path("$defs").size()).isGreaterThan(3);
		assertThat(schema.findValues("type")).noneMatch(JsonNode::isArray);
		assertThat(schema.toString()).hasSizeLessThan(20_000);
	}

	@Test
	void whatIsNoDataIsNoInput() {
		assertThat(descriptor(Beside.class).inputSchema()).containsEntry("properties",
				Map.of("topic", Map.of("type", "string")));
	}

	@Test
	void absentOptionalIsEmpty() {
		Object[] arguments = new InputBinder("optional", method("optionalText")).bind(Map.of());
		assertThat(arguments).containsExactly(Optional.empty());
	}

	@Test
	void wrongFieldIsNamedByItsPath() {
		RunMethod method = method("nested");
		Map<String, Object> input = Map.of("value",
				Json.readMap("{\"city\":{\"name\":7},\"tags\":[],\"size\":\"SMALL\",\"count\":1}"));
		assertThatIllegalArgumentException().isThrownBy(() -> new InputBinder("nested", method).bind(input))
			.withMessageContaining("city")
			.withMessageContaining("name");
	}

	@Test
	void valuesOfTheTypeItselfAreTakenAsTheyAre() {
		City city = new City("Oslo", null);
		RunMethod method = method("oneCity");
		assertThat(new InputBinder("city", method).bind(Map.of("value", city))).containsExactly(city);
	}

	private static Stream<Map<String, Object>> singles(RunMethod method) {
		return VALUES.stream().map((value) -> {
			Map<String, Object> input = new LinkedHashMap<>();
			method.parameters().forEach((parameter) -> input.put(parameter.name(), Json.readPlain(value)));
			return input;
		});
	}

	private static List<Map<String, Object>> inputs(RunMethod method) {
		return Stream.concat(singles(method), Stream.of(Map.<String, Object>of(), Map.<String, Object>of("other", 1)))
			.toList();
	}

	private static boolean accepts(Schema schema, Map<String, Object> input) {
		return schema
			.validate(Json.readTree(Json.write(input)),
					(context) -> context.executionConfig((config) -> config.formatAssertionsEnabled(true)))
			.isEmpty();
	}

	private static @Nullable String bindingError(RunMethod method, Map<String, Object> input) {
		try {
			new InputBinder("test", method).bind(input);
			return null;
		}
		catch (IllegalArgumentException ex) {
			return ex.getMessage();
		}
	}

	private static RunMethod method(String name) {
		return methods().filter((method) -> method.getName().equals(name)).findFirst().orElseThrow().getPayload();
	}

	private static Schema schema(RunMethod method) {
		return SCHEMAS.getSchema(Json.readTree(Json.write(descriptor(method).inputSchema())));
	}

	private static WorkflowDescriptor descriptor(Class<? extends Workflow> type) {
		return descriptor(WorkflowMethods.of(type).main());
	}

	private static WorkflowDescriptor descriptor(RunMethod method) {
		return new WorkflowDescriptor("test", "test", "", InputTypes.class, method.parameters(), void.class);
	}

	static class Described extends Workflow {

		void run(@JsonPropertyDescription("What to write about.") String topic, @Nullable Integer depth, LocalDate due,
				City city) {
		}

	}

	static class Beside extends Workflow {

		void run(@SessionId String session, @UserId String user, String topic, @NotRecorded String password,
				Runnable callback) {
		}

	}

	static class TwoCities extends Workflow {

		void run(City from, City to, @Nullable City maybe) {
		}

	}

	record Branch(City where, List<Branch> parts) {
	}

	static class Recursive extends Workflow {

		void run(Branch root, City other) {
		}

	}

	record Wide1(City a, City b, City c, City d, City e, City f) {
	}

	record Wide2(Wide1 a, Wide1 b, Wide1 c, Wide1 d, Wide1 e, Wide1 f) {
	}

	record Wide3(Wide2 a, Wide2 b, Wide2 c, Wide2 d, Wide2 e, Wide2 f) {
	}

	record Wide4(Wide3 a, Wide3 b, Wide3 c, Wide3 d, Wide3 e, Wide3 f) {
	}

	static class Wide extends Workflow {

		void run(Wide4 all) {
		}

	}

}
