package buddy.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Redacts the content of a run before it is stored, streamed to clients that follow the
 * run, logged or observed. Declare it as a bean. The caller of the workflow still gets
 * the unfiltered result, and the session's state is not filtered.
 *
 * <p>
 * Filters are applied one after the other, in bean order. If a filter throws an
 * exception, the payload it was given is left out of the record.
 */
@FunctionalInterface
public interface PayloadFilter {

	/**
	 * Removes all content. Ids, times, status, types, token counts and the names of
	 * called tools remain.
	 */
	PayloadFilter METADATA_ONLY = (payload) -> Payloads.metadataOf(payload.fields());

	/**
	 * Returns the fields to record for a payload.
	 * @param payload the unfiltered payload
	 * @return the fields to record; fields that are missing are not recorded
	 */
	Map<String, @Nullable Object> filter(Payload payload);

	/**
	 * Returns a filter that applies a function to every text in every payload, at any
	 * depth.
	 * @param change the function, which returns the text to record
	 * @return the filter
	 */
	static PayloadFilter ofTexts(UnaryOperator<String> change) {
		return (payload) -> {
			Map<String, @Nullable Object> changed = new LinkedHashMap<>();
			payload.fields().forEach((name, value) -> changed.put(name, changedTexts(value, change)));
			return changed;
		};
	}

	private static @Nullable Object changedTexts(@Nullable Object value, UnaryOperator<String> change) {
		if (value instanceof String text) {
			return change.apply(text);
		}
		if (value instanceof List<?> list) {
			return list.stream().map((item) -> changedTexts(item, change)).toList();
		}
		if (value instanceof Map<?, ?> map) {
			Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
			map.forEach((name, item) -> changed.put(name, changedTexts(item, change)));
			return changed;
		}
		return value;
	}

	/**
	 * A part of a run's record that holds content of people or models.
	 *
	 * @param kind the kind of payload
	 * @param workflowId the workflow of the run
	 * @param fields the fields, as plain JSON values
	 */
	record Payload(Kind kind, String workflowId, Map<String, @Nullable Object> fields) {
	}

	/**
	 * The kind of a payload.
	 */
	enum Kind {

		/** The arguments of {@code run()}, by name. */
		INPUT,

		/**
		 * The fields of a response that are not metadata: {@code content},
		 * {@code messages}, {@code tools}, {@code reasoning_content}, {@code extra_data}
		 * and others.
		 */
		RESPONSE,

		/**
		 * The fields of an event that are not metadata: {@code content}, {@code tool},
		 * {@code error} and others.
		 */
		EVENT,

		/** The {@code message} and {@code stack_trace} of an exception. */
		ERROR,

		/** The {@code prompt} of an agent call; used for observations only. */
		PROMPT

	}

}
