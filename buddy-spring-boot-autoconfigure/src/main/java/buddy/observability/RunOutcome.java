package buddy.observability;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import buddy.run.Payloads;
import buddy.run.RunEnding;
import buddy.run.RunFailure;
import buddy.run.RunStatus;

/**
 * The few words that tell how a run ended.
 */
final class RunOutcome {

	static final String NONE = "none";

	private RunOutcome() {
	}

	/** A run that has never begun was refused. */
	static String status(RunEnding ending) {
		RunStatus status = ending.status();
		return (status != null) ? status.name().toLowerCase(Locale.ROOT) : "refused";
	}

	/** The reason is one of a few words; what people say is the message. */
	static String cause(RunEnding ending) {
		RunFailure failure = ending.failure();
		return (failure != null && failure.reason() != null) ? failure.reason() : NONE;
	}

	static String errorType(RunEnding ending) {
		RunFailure failure = ending.failure();
		if (failure != null) {
			return (failure.type() != null) ? failure.type() : NONE;
		}
		return errorType((ending.status() != null) ? null : ending.thrown());
	}

	static String errorType(@Nullable Throwable thrown) {
		if (thrown instanceof Payloads.FilteredException filtered) {
			return filtered.type();
		}
		return (thrown != null) ? thrown.getClass().getName() : NONE;
	}

}
