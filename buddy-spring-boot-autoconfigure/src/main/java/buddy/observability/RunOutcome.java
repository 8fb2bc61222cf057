package buddy.observability;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import buddy.run.Payloads;
import buddy.run.RunEnding;
import buddy.run.RunFailure;
import buddy.run.RunStatus;

/**
 * Low cardinality values that describe how a run ended.
 */
final class RunOutcome {

	static final String NONE = "none";

	private RunOutcome() {
	}

	/** Returns the status; a run that never began was refused. */
	static String status(RunEnding ending) {
		RunStatus status = ending.status();
		return (status != null) ? status.name().toLowerCase(Locale.ROOT) : "refused";
	}

	/** Returns the reason, which is one of a fixed set, unlike the message. */
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
