package buddy.storage;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import buddy.json.internal.Json;

/**
 * What an overview shows of a run that has ended. A store keeps it beside the response
 * and the error, so that it need not read them for that.
 *
 * @param errorType the class name of the exception that the run failed with, or else why
 * buddy ended it, or {@code null}
 * @param inputTokens the tokens that its agents sent to their models, or {@code null} if
 * there were no such calls
 * @param outputTokens the tokens that the models sent, or {@code null}
 */
public record RunMeasures(@Nullable String errorType, @Nullable Long inputTokens, @Nullable Long outputTokens) {

	private static final RunMeasures NONE = new RunMeasures(null, null, null);

	private static final int MAX_TYPE = 255;

	private static final String INPUT = "input_tokens";

	private static final String OUTPUT = "output_tokens";

	/**
	 * Reads the measures of a run.
	 * @param response the response, as a JSON object, or {@code null}
	 * @param error the reason it did not complete, as a JSON object, or {@code null}
	 * @return the measures
	 */
	public static RunMeasures of(@Nullable String response, @Nullable String error) {
		Map<String, @Nullable Object> metrics = metrics(response);
		String errorType = errorType(error);
		return (errorType == null && metrics.isEmpty()) ? NONE
				: new RunMeasures(errorType, sum(metrics.get(INPUT)), sum(metrics.get(OUTPUT)));
	}

	/**
	 * Returns whether there is nothing to keep, as for most runs.
	 * @return whether none of the measures is there
	 */
	public boolean isEmpty() {
		return equals(NONE);
	}

	/** Most runs have no metrics, and their responses are not parsed for that. */
	private static Map<String, @Nullable Object> metrics(@Nullable String response) {
		if (response == null || !response.contains(INPUT) && !response.contains(OUTPUT)) {
			return Map.of();
		}
		WithMetrics read = read(response, WithMetrics.class);
		return (read != null && read.metrics() != null) ? read.metrics() : Map.of();
	}

	private static @Nullable String errorType(@Nullable String error) {
		WithType read = (error != null) ? read(error, WithType.class) : null;
		if (read == null) {
			return null;
		}
		Object type = (read.type() != null) ? read.type() : read.reason();
		return (type instanceof String text && !text.isEmpty()) ? text.substring(0, Math.min(text.length(), MAX_TYPE))
				: null;
	}

	/** A run's end is stored, whatever may be wrong with what is only shown of it. */
	private static <T> @Nullable T read(String json, Class<T> type) {
		try {
			return Json.readParts(json, type);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** Adds the numbers of all model calls. */
	private static @Nullable Long sum(@Nullable Object calls) {
		return (calls instanceof List<?> list) ? Long
			.valueOf(list.stream().mapToLong((call) -> (call instanceof Number number) ? number.longValue() : 0).sum())
				: null;
	}

	/**
	 * What is read of a response.
	 *
	 * @param metrics its metrics
	 */
	private record WithMetrics(@JsonProperty("metrics") @Nullable Map<String, @Nullable Object> metrics) {
	}

	/**
	 * What is read of an error.
	 *
	 * @param type its type
	 * @param reason its reason
	 */
	private record WithType(@JsonProperty("type") @Nullable Object type,
			@JsonProperty("reason") @Nullable Object reason) {
	}

}
