package buddy.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.workflow.WorkflowDescriptor;

/**
 * The OpenAPI document of the routes as plain JSON. The common routes are read from a
 * file, and a route per workflow is added with the schema of its input.
 */
final class OpenApiDocument {

	private static final String FILE = "/buddy/openapi/workflows.json";

	private static final String SCHEMAS = "#/components/schemas/";

	private static final String RUN = "x-run";

	private final Map<String, @Nullable Object> json = read();

	private final Map<String, @Nullable Object> run = object(this.json.remove(RUN));

	private final Map<String, @Nullable Object> paths = new LinkedHashMap<>();

	private final Map<String, @Nullable Object> schemas = object(object(this.json.get("components")).get("schemas"));

	private final Set<String> names = new TreeSet<>(this.schemas.keySet());

	/**
	 * Creates the document for workflows.
	 * @param basePath the base path of the routes
	 * @param workflows the workflows, by id
	 */
	OpenApiDocument(String basePath, List<WorkflowDescriptor> workflows) {
		workflows.forEach((workflow) -> addRun(basePath, workflow));
		object(this.json.get("paths")).forEach((path, item) -> this.paths.put(basePath + path, item));
		this.json.put("paths", this.paths);
	}

	Map<String, @Nullable Object> json() {
		return this.json;
	}

	private void addRun(String basePath, WorkflowDescriptor workflow) {
		String name = uniqueName(workflow.workflowId());
		Map<String, @Nullable Object> input = new LinkedHashMap<>(workflow.inputSchema());
		input.remove("$schema");
		Map<String, @Nullable Object> definitions = object(input.remove("$defs"));
		definitions.forEach((key, schema) -> this.schemas.put(name + key, moved(schema, name)));
		this.schemas.put(name + "Input", moved(input, name));
		this.schemas.put(name + "RunRequest", request(name, input));
		Map<String, @Nullable Object> operation = new LinkedHashMap<>();
		operation.put("operationId", "run" + name);
		operation.put("summary", "Runs " + workflow.name());
		if (!workflow.description().isEmpty()) {
			operation.put("description", workflow.description());
		}
		operation.putAll(this.run);
		operation.put("requestBody", Map.of("required", input.containsKey("required"), "content",
				Map.of("application/json", Map.of("schema", Map.of("$ref", SCHEMAS + name + "RunRequest")))));
		this.paths.put(basePath + "/workflows/" + workflow.workflowId() + "/runs", Map.of("post", operation));
	}

	private static Map<String, Object> request(String name, Map<String, @Nullable Object> input) {
		Map<String, Object> request = new LinkedHashMap<>();
		request.put("type", "object");
		request.put("properties", Map.of("input", Map.of("$ref", SCHEMAS + name + "Input"), "session",
				Map.of("$ref", SCHEMAS + "WorkflowRunSession")));
		if (input.containsKey("required")) {
			request.put("required", List.of("input"));
		}
		request.put("additionalProperties", false);
		return request;
	}

	/**
	 * Returns a unique name: for {@code fan-out} and {@code fan_out}, the second is
	 * {@code FanOut2}.
	 */
	private String uniqueName(String workflowId) {
		StringBuilder name = new StringBuilder();
		for (String word : workflowId.split("[^A-Za-z0-9]+")) {
			if (!word.isEmpty()) {
				name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
			}
		}
		String base = (name.isEmpty() || Character.isDigit(name.charAt(0))) ? "Workflow" + name : name.toString();
		String unique = base;
		for (int i = 2; !this.names.add(unique); i++) {
			unique = base + i;
		}
		return unique;
	}

	/** Moves references from the schema's own definitions to those of the document. */
	private static @Nullable Object moved(@Nullable Object schema, String name) {
		if (schema instanceof List<?> list) {
			return list.stream().map((item) -> moved(item, name)).toList();
		}
		if (!(schema instanceof Map<?, ?> map)) {
			return schema;
		}
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		map.forEach(
				(key, value) -> copy.put(String.valueOf(key), ("$ref".equals(key) && value instanceof String reference)
						? reference.replaceFirst("^#/\\$defs/", SCHEMAS + name) : moved(value, name)));
		return copy;
	}

	@SuppressWarnings("unchecked") // a JSON object's keys are strings
	private static Map<String, @Nullable Object> object(@Nullable Object value) {
		return (value instanceof Map<?, ?>) ? (Map<String, @Nullable Object>) value : Map.of();
	}

	private static Map<String, @Nullable Object> read() {
		try (InputStream file = OpenApiDocument.class.getResourceAsStream(FILE)) {
			if (file == null) {
				throw new IllegalStateException("The file " + FILE + " of buddy is not on the class path");
			}
			return Json.readMap(new String(file.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
