package buddy.agent;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the reasons for which models stop mean for an answer.
 */
final class FinishReasons {

	private static final Set<String> TOO_LONG = Set.of("length", "max_tokens", "max_output_tokens", "model_length");

	private static final Set<String> WITHHELD = Set.of("content_filter", "content_filtered", "safety", "refusal",
			"recitation", "blocklist", "prohibited_content", "guardrail_intervened");

	private FinishReasons() {
	}

	/** Whether asking the same again gives the same. */
	static boolean isFinal(@Nullable String reason) {
		return reason != null && (TOO_LONG.contains(reason) || WITHHELD.contains(reason));
	}

	/** Says what is wrong with an answer that ended so, or {@code null} for nothing. */
	static @Nullable String problem(@Nullable String reason) {
		if (reason == null) {
			return null;
		}
		String said = "(finish reason '" + reason + "')";
		if (TOO_LONG.contains(reason)) {
			return "the answer was cut at its length limit " + said
					+ ": allow more tokens, with options(…) of the agent";
		}
		if (WITHHELD.contains(reason)) {
			return "the model or its provider withheld the answer " + said + ": change what is asked";
		}
		return reason.equals(ModelAnswer.INCOMPLETE) ? "the answer's stream ended before the model had finished " + said
				: null;
	}

}
