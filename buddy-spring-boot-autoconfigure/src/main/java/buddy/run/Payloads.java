package buddy.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.internal.Json;
import buddy.run.PayloadFilter.Kind;
import buddy.run.PayloadFilter.Payload;

/**
 * Applies the payload filters of a workflow to everything that is recorded of its runs.
 *
 * <p>
 * For internal use; it may change at any time.
 */
public final class Payloads {

	/** Payloads without filters, recorded unchanged. */
	public static final Payloads UNFILTERED = new Payloads("", List.of());

	/** The field that notes what was left out of a response. */
	private static final String NOTE = "content_note";

	private static final Logger logger = LoggerFactory.getLogger(Payloads.class);

	private static final Set<String> METADATA = Set.of("event", "run_id", "session_id", "workflow_id", "agent_id",
			"agent_name", "created_at", "status", "content_type", "error_type", "model", "model_provider", "metrics",
			"name");

	private static final Set<String> TOOL_METADATA = Set.of("tool_call_id", "tool_name", "tool_call_error");

	private final String workflowId;

	private final List<PayloadFilter> filters;

	/**
	 * Creates the filter of a workflow's payloads.
	 * @param workflowId the workflow
	 * @param filters the filters, in their order
	 */
	public Payloads(String workflowId, List<PayloadFilter> filters) {
		this.workflowId = workflowId;
		this.filters = List.copyOf(filters);
	}

	/**
	 * Returns whether there are any filters.
	 * @return whether payloads may be changed
	 */
	public boolean areFiltered() {
		return !this.filters.isEmpty();
	}

	/**
	 * Filters the recorded input of a run.
	 * @param json the arguments, a JSON object
	 * @return the JSON object to record
	 */
	public String input(String json) {
		return areFiltered() ? Json.write(apply(Kind.INPUT, Json.readMap(json))) : json;
	}

	/**
	 * Filters the JSON of a response.
	 * @param json the JSON object of the response
	 * @return the JSON object to record
	 */
	public String response(String json) {
		return areFiltered() ? Json.write(response(Json.readMap(json))) : json;
	}

	/**
	 * Filters a response for interceptors.
	 * @param response the response
	 * @return the response to show
	 */
	public RunResponse response(RunResponse response) {
		if (!areFiltered()) {
			return response;
		}
		try {
			return RunResponse.fromMap(response(Json.readMap(Json.write(response.toMap()))));
		}
		catch (RuntimeException | StackOverflowError ex) {
			// its content cannot be written as JSON for the filter
			return response.toBuilder().content(null).messages(List.of()).tools(List.of()).build();
		}
	}

	private Map<String, @Nullable Object> response(Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> recorded = split(Kind.RESPONSE, json);
		if (json.get("content") != null && recorded.get("content") == null) {
			recorded.put(NOTE, "left out by a payload filter");
		}
		return recorded;
	}

	/**
	 * Filters an event.
	 * @param event the event
	 * @return the event to store and to show
	 */
	public RunResponseEvent event(RunResponseEvent event) {
		if (!areFiltered()) {
			return event;
		}
		Map<String, @Nullable Object> json = new LinkedHashMap<>(event.toMap());
		Map<String, @Nullable Object> plain = new LinkedHashMap<>();
		json.forEach((name, value) -> plain.put(name, plain(value)));
		return RunResponseEvent.fromMap(split(Kind.EVENT, plain));
	}

	private static @Nullable Object plain(@Nullable Object value) {
		try {
			return Json.plain(value);
		}
		catch (RuntimeException | StackOverflowError ex) {
			return null; // it cannot be written as JSON for the filter
		}
	}

	/**
	 * Filters the failure of a run.
	 * @param failure the failure
	 * @return the failure to record
	 */
	public RunFailure failure(RunFailure failure) {
		if (!areFiltered()) {
			return failure;
		}
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("message", failure.message());
		fields.put("stack_trace", failure.stackTrace());
		Map<String, @Nullable Object> recorded = apply(Kind.ERROR, fields);
		return new RunFailure(failure.type(), text(recorded.get("message")), text(recorded.get("stack_trace")),
				failure.reason(), failure.failedSteps());
	}

	/**
	 * Filters an exception before it is logged or observed.
	 * @param thrown the exception
	 * @return the exception itself, or a replacement that shows only what is recorded
	 */
	public @Nullable Throwable thrown(@Nullable Throwable thrown) {
		return (thrown != null && areFiltered()) ? new FilteredException(failure(RunFailure.of(thrown))) : thrown;
	}

	/**
	 * Filters the prompt of an agent call.
	 * @param prompt the prompt
	 * @return the prompt to show
	 */
	public String prompt(String prompt) {
		if (!areFiltered()) {
			return prompt;
		}
		String shown = text(apply(Kind.PROMPT, Map.of("prompt", prompt)).get("prompt"));
		return (shown != null) ? shown : "";
	}

	private static @Nullable String text(@Nullable Object value) {
		return (value != null) ? value.toString() : null;
	}

	/** Passes everything but the metadata to the filters. */
	private Map<String, @Nullable Object> split(Kind kind, Map<String, @Nullable Object> json) {
		Map<String, @Nullable Object> recorded = new LinkedHashMap<>();
		Map<String, @Nullable Object> payload = new LinkedHashMap<>();
		json.forEach((name, value) -> (METADATA.contains(name) ? recorded : payload).put(name, value));
		if (!payload.isEmpty()) {
			apply(kind, payload).forEach((name, value) -> {
				if (!METADATA.contains(name)) {
					recorded.put(name, value);
				}
			});
		}
		return recorded;
	}

	private Map<String, @Nullable Object> apply(Kind kind, Map<String, @Nullable Object> fields) {
		Map<String, @Nullable Object> recorded = fields;
		for (PayloadFilter filter : this.filters) {
			try {
				recorded = filter.filter(new Payload(kind, this.workflowId, recorded));
			}
			catch (RuntimeException | StackOverflowError ex) {
				logger.warn(
						"A payload filter failed on {} of a run of workflow '{}', which is left out of the record: {}",
						kind, this.workflowId, ex.getClass().getName());
				return metadataOf(fields);
			}
		}
		return recorded;
	}

	/** Keeps the metadata, and the names of the tools that were called. */
	static Map<String, @Nullable Object> metadataOf(Map<String, @Nullable Object> fields) {
		Map<String, @Nullable Object> kept = new LinkedHashMap<>();
		if (fields.get("tool") instanceof Map<?, ?> tool) {
			kept.put("tool", metadataOfTool(tool));
		}
		if (fields.get("tools") instanceof List<?> tools) {
			List<Object> names = new ArrayList<>();
			tools.forEach((tool) -> names.add((tool instanceof Map<?, ?> map) ? metadataOfTool(map) : Map.of()));
			kept.put("tools", names);
		}
		return kept;
	}

	private static Map<Object, @Nullable Object> metadataOfTool(Map<?, ?> tool) {
		Map<Object, @Nullable Object> kept = new LinkedHashMap<>(tool);
		kept.keySet().removeIf((name) -> !TOOL_METADATA.contains(String.valueOf(name)));
		return kept;
	}

	/**
	 * Replaces an exception whose details a filter has removed.
	 */
	public static final class FilteredException extends RuntimeException {

		private final transient RunFailure failure;

		private FilteredException(RunFailure failure) {
			super(failure.message(), null, false, false);
			this.failure = failure;
		}

		/**
		 * Returns the class of the exception that this one replaces.
		 * @return the class name
		 */
		public String type() {
			return String.valueOf(this.failure.type());
		}

		@Override
		public String toString() {
			String stack = this.failure.stackTrace();
			if (stack != null) {
				return stack;
			}
			return type() + ((getMessage() != null) ? ": " + getMessage() : "");
		}

	}

}
