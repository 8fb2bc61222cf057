package buddy.observability;

import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;

/**
 * Reads tokens from the metrics of an agent's response.
 */
final class Tokens {

	private Tokens() {
	}

	static long input(RunResponse response) {
		return sum(response, "input_tokens");
	}

	static long output(RunResponse response) {
		return sum(response, "output_tokens");
	}

	/** Adds the numbers of all model calls. */
	private static long sum(RunResponse response, String metric) {
		return (response.metrics().get(metric) instanceof List<?> calls)
				? calls.stream().mapToLong(Tokens::number).sum() : 0;
	}

	private static long number(@Nullable Object value) {
		return (value instanceof Number number) ? number.longValue() : 0;
	}

}
