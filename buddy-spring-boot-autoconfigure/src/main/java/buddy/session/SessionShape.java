package buddy.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.json.internal.StorableJson;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;

/**
 * Validates the JSON of a workflow session, so that everything that is stored can be read
 * back later. The whole document is checked, and refused with the path of the first
 * invalid field. Unknown fields are ignored.
 *
 * <p>
 * For internal use; it may change at any time.
 */
public final class SessionShape {

	/** The last second of the year 9999. */
	private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(253_402_300_799L);

	private static final List<String> TEXTS = List.of("content_type", "thinking", "reasoning_content", "model",
			"model_provider", "run_id", "agent_id", "agent_name", "session_id", "workflow_id");

	private static final List<String> OBJECTS = List.of("metrics", "response_audio", "citations", "extra_data");

	private static final List<String> MEDIA = List.of("images", "videos", "audio");

	private static final List<String> ERROR_TEXTS = List.of("type", "message", "stack_trace", "reason");

	private static final String RUN_ID = "(?!\\.{1,2}$)[A-Za-z0-9._:@-]{1,36}";

	/** The path of each run id. */
	private final Map<String, String> runIds = new HashMap<>();

	private SessionShape() {
	}

	/**
	 * Validates a document.
	 * @param document the fields of a session by their JSON names
	 * @throws InvalidSessionException if a field is not valid
	 */
	public static void require(Map<String, ? extends @Nullable Object> document) {
		new SessionShape().session(document);
	}

	/**
	 * Returns the runs of a document, which are in {@code memory.runs} or in
	 * {@code runs}.
	 * @param document the fields of a session by their JSON names
	 * @return the path and the list, which may be empty
	 */
	static Runs runs(Map<String, ? extends @Nullable Object> document) {
		Runs outside = runs("runs", document.get("runs"), document.get("session_id"));
		Runs inside = (document.get("memory") instanceof Map<?, ?> memory)
				? runs("memory.runs", memory.get("runs"), document.get("session_id"))
				: new Runs("memory.runs", List.of());
		if (!outside.items().isEmpty() && !inside.items().isEmpty()) {
			throw new InvalidSessionException(outside.path(),
					"and the field '" + inside.path() + "' both have runs; leave them in one of these places");
		}
		return outside.items().isEmpty() ? inside : outside;
	}

	/** Some stores of the Python framework keep the runs in an object by session. */
	private static Runs runs(String path, @Nullable Object runs, @Nullable Object sessionId) {
		if (runs == null) {
			return new Runs(path, List.of());
		}
		if (runs instanceof Map<?, ?> bySession) {
			for (Object key : bySession.keySet()) {
				if (!key.equals(sessionId)) {
					throw new InvalidSessionException(path + "." + key, "has runs of another session than '" + sessionId
							+ "'; import each session as a separate document");
				}
			}
			return runs(path + "." + sessionId, bySession.isEmpty() ? null : bySession.get(sessionId), null);
		}
		return new Runs(path, list(path, runs));
	}

	private void session(Map<String, ? extends @Nullable Object> document) {
		text(document, "", "session_id");
		text(document, "", "workflow_id");
		text(document, "", "user_id");
		object(document, "", "memory");
		Map<String, ?> data = object(document, "", "session_data");
		text(data, "session_data.", "session_name");
		object(data, "session_data.", "session_state");
		MEDIA.forEach((kind) -> objects(data, "session_data.", kind, (path, item) -> {
		}));
		object(document, "", "workflow_data");
		object(document, "", "extra_data");
		seconds(document, "", "created_at");
		seconds(document, "", "updated_at");
		Runs runs = runs(document);
		for (int i = 0; i < runs.items().size(); i++) {
			String path = runs.path() + "[" + i + "]";
			run(path, asObject(path, runs.items().get(i)));
		}
		storable("", document);
	}

	private void run(String path, Map<String, ?> run) {
		if (!isWrapped(run)) {
			response(path + ".", run);
			return;
		}
		for (String name : run.keySet()) {
			if (!name.equals("input") && !name.equals("response")) {
				throw new InvalidSessionException(path + "." + name,
						"is unknown beside 'input' and 'response' and could not be kept; put it into the response's"
								+ " extra_data, or leave it out");
			}
		}
		object(run, path + ".", "input");
		response(path + ".response.", object(run, path + ".", "response"));
	}

	/** The Python framework writes {@code {input, response}}, or only the response. */
	static boolean isWrapped(Map<String, ?> run) {
		return run.containsKey("response") || run.containsKey("input")
				&& List.of("content", "run_id", "status", "created_at").stream().noneMatch(run::containsKey);
	}

	private void response(String path, Map<String, ?> response) {
		TEXTS.forEach((name) -> text(response, path, name));
		OBJECTS.forEach((name) -> object(response, path, name));
		MEDIA.forEach((name) -> objects(response, path, name, (at, item) -> {
		}));
		seconds(response, path, "created_at");
		status(path + "status", response.get("status"));
		runId(path + "run_id", response.get("run_id"));
		objects(response, path, "messages", SessionShape::message);
		objects(response, path, "tools", SessionShape::tool);
		objects(response, path, "events", SessionShape::event);
		Map<String, ?> error = object(response, path, "error");
		ERROR_TEXTS.forEach((name) -> text(error, path + "error.", name));
		readable(path, response);
	}

	private void runId(String path, @Nullable Object runId) {
		if (runId == null) {
			return;
		}
		if (!runId.toString().matches(RUN_ID)) {
			throw new InvalidSessionException(path,
					"must be 1 to 36 ASCII letters, digits and . _ : @ -, and not . or ..");
		}
		String before = this.runIds.putIfAbsent(runId.toString(), path);
		if (before != null) {
			throw new InvalidSessionException(path,
					"names the run '" + runId + "', which is there twice: see also '" + before + "'");
		}
	}

	private static void status(String path, @Nullable Object status) {
		boolean known = status == null || status instanceof RunStatus
				|| status instanceof String text && Arrays.stream(RunStatus.values())
					.anyMatch((value) -> value.name().equals(text.toUpperCase(Locale.ROOT)));
		if (!known) {
			throw new InvalidSessionException(path,
					"must be one of "
							+ Arrays.stream(RunStatus.values()).map(RunStatus::name).collect(Collectors.joining(", "))
							+ ", not " + kind(status));
		}
	}

	private static void message(String path, Map<String, ?> message) {
		if (!(message.get("role") instanceof String)) {
			throw new InvalidSessionException(path + "role", "must be a text, not " + kind(message.get("role")));
		}
		List.of("agent_id", "agent_name", "tool_call_id", "tool_name").forEach((name) -> text(message, path, name));
		objects(message, path, "tool_calls", (at, call) -> {
		});
	}

	private static void tool(String path, Map<String, ?> tool) {
		text(tool, path, "tool_call_id");
		text(tool, path, "tool_name");
		object(tool, path, "tool_args");
		Object error = tool.get("tool_call_error");
		if (error != null && !(error instanceof Boolean)) {
			throw mismatch(path + "tool_call_error", "true or false", error);
		}
	}

	private static void event(String path, Map<String, ?> event) {
		if (!(event.get("event") instanceof String)) {
			throw new InvalidSessionException(path + "event", "must be a text, not " + kind(event.get("event")));
		}
		List.of("run_id", "session_id", "workflow_id", "agent_id", "agent_name")
			.forEach((name) -> text(event, path, name));
		seconds(event, path, "created_at");
		object(event, path, "tool");
		if (event.get("tool") instanceof Map<?, ?>) {
			tool(path + "tool.", object(event, path, "tool"));
		}
		String at = path.substring(0, path.length() - 1);
		try {
			RunResponseEvent.fromMap(new LinkedHashMap<>(event));
		}
		catch (RuntimeException ex) {
			throw new InvalidSessionException(at, "is not an event of a run (" + reason(ex) + ")", ex);
		}
	}

	/** Reads the response, to find what the checks before have not found. */
	private static void readable(String path, Map<String, ?> response) {
		try {
			RunResponse.fromMap(new LinkedHashMap<>(response)).toMap();
		}
		catch (RuntimeException | StackOverflowError ex) {
			throw new InvalidSessionException(path.substring(0, path.length() - 1),
					"is not a response of a run (" + reason(ex) + ")", ex);
		}
	}

	private static String reason(Throwable ex) {
		String message = ex.getMessage();
		return (message != null) ? message.lines().findFirst().orElse("") : ex.getClass().getSimpleName();
	}

	/** Checks that every database can store the texts and numbers. */
	private static void storable(String path, @Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> {
				String at = path.isEmpty() ? String.valueOf(key) : path + "." + key;
				storable(at, key);
				storable(at, item);
			});
		}
		else if (value instanceof List<?> list) {
			for (int i = 0; i < list.size(); i++) {
				storable(path + "[" + i + "]", list.get(i));
			}
		}
		else if (value instanceof String text && !StorableJson.isStorable(text)) {
			throw new UnstorableValueException("The field '" + path + "' of a workflow session",
					"it holds the NUL character or half of a surrogate pair; remove it");
		}
		else if (value instanceof Double number && !Double.isFinite(number)
				|| value instanceof Float single && !Float.isFinite(single)) {
			throw new InvalidSessionException(path, "is " + value + ", which JSON cannot represent");
		}
	}

	private static void text(Map<String, ?> fields, String path, String name) {
		Object value = fields.get(name);
		if (value != null && !(value instanceof String)) {
			throw mismatch(path + name, "a text", value);
		}
	}

	private static void seconds(Map<String, ?> fields, String path, String name) {
		Object value = fields.get(name);
		if (value != null && !(value instanceof Number number && isSeconds(number))) {
			throw mismatch(path + name, "whole Unix seconds", value);
		}
	}

	private static boolean isSeconds(Number number) {
		BigDecimal value;
		if (number instanceof Double || number instanceof Float) {
			value = Double.isFinite(number.doubleValue()) ? BigDecimal.valueOf(number.doubleValue())
					: BigDecimal.ONE.negate();
		}
		else if (number instanceof BigDecimal decimal) {
			value = decimal;
		}
		else {
			value = (number instanceof BigInteger large) ? new BigDecimal(large)
					: BigDecimal.valueOf(number.longValue());
		}
		return value.signum() >= 0 && value.compareTo(MAX_SECONDS) <= 0 && value.stripTrailingZeros().scale() <= 0;
	}

	private static Map<String, ?> object(Map<String, ?> fields, String path, String name) {
		Object value = fields.get(name);
		return (value != null) ? asObject(path + name, value) : Map.of();
	}

	@SuppressWarnings("unchecked") // a JSON object's keys are strings
	private static Map<String, ?> asObject(String path, @Nullable Object value) {
		if (!(value instanceof Map<?, ?>)) {
			throw mismatch(path, "an object", value);
		}
		return (Map<String, ?>) value;
	}

	private static List<?> list(String path, @Nullable Object value) {
		if (!(value instanceof List<?> list)) {
			throw mismatch(path, "a list", value);
		}
		return list;
	}

	private static void objects(Map<String, ?> fields, String path, String name,
			BiConsumer<String, Map<String, ?>> check) {
		Object value = fields.get(name);
		if (value != null) {
			List<?> list = list(path + name, value);
			for (int i = 0; i < list.size(); i++) {
				String at = path + name + "[" + i + "]";
				check.accept(at + ".", asObject(at, list.get(i)));
			}
		}
	}

	private static InvalidSessionException mismatch(String path, String wanted, @Nullable Object found) {
		return new InvalidSessionException(path, "must be " + wanted + ", not " + kind(found));
	}

	/** Describes a value without showing it, since it may be large or secret. */
	private static String kind(@Nullable Object value) {
		if (value == null) {
			return "null";
		}
		if (value instanceof Map) {
			return "an object";
		}
		if (value instanceof List) {
			return "a list";
		}
		if (value instanceof String text) {
			return (text.length() <= 40) ? "'" + text + "'" : "a text of " + text.length() + " characters";
		}
		return (value instanceof Number || value instanceof Boolean) ? value.toString()
				: "a " + value.getClass().getSimpleName();
	}

	/**
	 * The runs of a document.
	 *
	 * @param path their path
	 * @param items the runs
	 */
	record Runs(String path, List<?> items) {
	}

}
