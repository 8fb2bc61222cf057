package buddy.agent;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Interprets the finish reasons of models.
 */
final class FinishReasons {

	/** The finish reason of a stream that ended without giving one. */
	static final String INCOMPLETE = "incomplete";

	static final String REFUSAL = "refusal";

	private static final Set<String> TOO_LONG = Set.of("length", "max_tokens", "max_output_tokens", "model_length");

	private static final Set<String> WITHHELD = Set.of("content_filter", "content_filtered", "safety", REFUSAL,
			"recitation", "blocklist", "prohibited_content", "guardrail_intervened");

	private FinishReasons() {
	}

	/** Whether repeating the request would lead to the same result. */
	static boolean isFinal(@Nullable String reason) {
		return reason != null && (TOO_LONG.contains(reason) || WITHHELD.contains(reason));
	}

	/**
	 * Describes the problem of an answer with this finish reason, or returns
	 * {@code null}.
	 */
	static @Nullable String problem(@Nullable String reason) {
		if (reason == null) {
			return null;
		}
		String said = "(finish reason '" + reason + "')";
		if (TOO_LONG.contains(reason)) {
			return "the answer was truncated at its length limit " + said
					+ ": allow more tokens, with options(…) of the agent";
		}
		if (WITHHELD.contains(reason)) {
			return "the model or its provider withheld the answer " + said + ": change the prompt";
		}
		return reason.equals(INCOMPLETE) ? "the answer's stream ended before the model had finished " + said : null;
	}

}
