package buddy.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Changes what is recorded of a run before it is stored, streamed to clients who follow
 * the run, logged or observed; declare it as a bean. The caller of the workflow gets the
 * true result, and the session's state is not touched.
 *
 * <p>
 * Filters are applied one after the other, in their order. What a filter that throws was
 * to change is left out of the record.
 */
@FunctionalInterface
public interface PayloadFilter {

	/**
	 * Leaves all content out: what remains are ids, times, status, types, tokens, and the
	 * names of the tools that were called.
	 */
	PayloadFilter METADATA_ONLY = (payload) -> Payloads.metadataOf(payload.fields());

	/**
	 * Returns what is recorded instead of a payload.
	 * @param payload what was to be recorded
	 * @return the fields to record; those left out are not recorded
	 */
	Map<String, @Nullable Object> filter(Payload payload);

	/**
	 * Returns a filter that changes every text of every payload, however deep it is.
	 * @param change returns the text to record
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
	 * Something of a run that people or models said.
	 *
	 * @param kind what it is
	 * @param workflowId the workflow of the run
	 * @param fields its fields, as plain JSON values
	 */
	record Payload(Kind kind, String workflowId, Map<String, @Nullable Object> fields) {
	}

	/**
	 * What a payload is.
	 */
	enum Kind {

		/** The arguments of {@code run()}, by name. */
		INPUT,

		/**
		 * Of a response what is no metadata: {@code content}, {@code messages},
		 * {@code tools}, {@code reasoning_content}, {@code extra_data} and others.
		 */
		RESPONSE,

		/**
		 * Of an event what is no metadata: {@code content}, {@code tool}, {@code error}
		 * and others.
		 */
		EVENT,

		/** Of an exception {@code message} and {@code stack_trace}. */
		ERROR,

		/** What an agent is asked, in {@code prompt}; only for observations. */
		PROMPT

	}

}
