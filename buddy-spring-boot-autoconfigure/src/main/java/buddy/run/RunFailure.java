package buddy.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The failure or cancellation of a run.
 *
 * @param type the exception's class name
 * @param message the exception's message
 * @param stackTrace the exception's stack trace, truncated if it is very long
 * @param reason why buddy ended the run, where it was not the body's exception: one of
 * the constants of this record, or a cause of {@link Cancellation}
 * @param failedSteps the keys of the steps and nested runs that the exception comes from,
 * which a retry of the run calls again, or {@code null} for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunFailure(@JsonProperty("type") @Nullable String type, @JsonProperty("message") @Nullable String message,
		@JsonProperty("stack_trace") @Nullable String stackTrace, @JsonProperty("reason") @Nullable String reason,
		@JsonProperty("failed_steps") @Nullable List<String> failedSteps) {

	/** The reason of a run that was cancelled since it had been paused for too long. */
	public static final String EXPIRED = "expired";

	/** The reason of a run whose process died while it was in progress. */
	public static final String INTERRUPTED = "interrupted";

	/** The reason of a run whose code calls other steps than those recorded. */
	public static final String STEP_MISMATCH = "step_mismatch";

	/** The reason of a run with a recorded result that cannot be read any more. */
	public static final String STEP_UNREADABLE = "step_unreadable";

	/** The reason of a run whose recorded input does not fit its workflow any more. */
	public static final String INPUT_UNREADABLE = "input_unreadable";

	/**
	 * The reason of a run that was interrupted in a step that runs at most once, so that
	 * nobody knows whether the step has happened.
	 */
	public static final String STEP_INTERRUPTED = "step_interrupted";

	/** The reason of a run whose process died each time the run was continued. */
	public static final String POISONED = "poisoned";

	/** The reason of a run that waited too long for its session. */
	public static final String SESSION_BUSY = "session_busy";

	/** The reason of a run whose caller rolled back the transaction it was in. */
	public static final String ROLLED_BACK = "rolled_back";

	/** The reason of a run that called no model since a budget was used up. */
	public static final String BUDGET_EXCEEDED = "budget_exceeded";

	private static final int MAX_STACK_TRACE = 16_000;

	/** Matches the first frame of the web container that called the application. */
	private static final Pattern CONTAINER = Pattern
		.compile("^\\s*at (?:[^/]+/)*(?:org\\.apache\\.(?:catalina|tomcat|coyote)|org\\.eclipse\\.jetty|io\\.undertow"
				+ "|jakarta\\.servlet|org\\.springframework\\.web\\.(?:servlet|filter|reactive)|reactor\\.netty|io\\.netty)\\.");

	/**
	 * Creates a failure that comes from no step.
	 * @param type the exception's class name
	 * @param message the exception's message
	 * @param stackTrace the exception's stack trace
	 * @param reason why buddy ended the run
	 */
	public RunFailure(@Nullable String type, @Nullable String message, @Nullable String stackTrace,
			@Nullable String reason) {
		this(type, message, stackTrace, reason, null);
	}

	/**
	 * Returns the same failure with the steps that it comes from.
	 * @param keys the keys of the steps and nested runs
	 * @return the failure
	 */
	public RunFailure withFailedSteps(List<String> keys) {
		return keys.isEmpty() ? this : new RunFailure(this.type, this.message, this.stackTrace, this.reason, keys);
	}

	/**
	 * Creates a failure from an exception. For a {@link CompletionException}, the type
	 * and message are those of its cause.
	 * @param cause the exception
	 * @return the failure
	 */
	public static RunFailure of(Throwable cause) {
		Throwable described = (cause instanceof CompletionException && cause.getCause() != null) ? cause.getCause()
				: cause;
		String text = text(() -> {
			StringWriter trace = new StringWriter();
			cause.printStackTrace(new PrintWriter(trace));
			return withoutContainer(trace.toString());
		});
		if (text != null && text.length() > MAX_STACK_TRACE) {
			text = text.substring(0, MAX_STACK_TRACE) + "\n… (" + (text.length() - MAX_STACK_TRACE) + " more)";
		}
		return new RunFailure(described.getClass().getName(), text(described::getMessage), text, null);
	}

	/**
	 * Removes the frames of the web container, which say nothing about the failure.
	 */
	private static String withoutContainer(String trace) {
		StringBuilder kept = new StringBuilder();
		boolean left = false;
		for (String line : (Iterable<String>) trace.lines()::iterator) {
			boolean frame = line.stripLeading().startsWith("at ") || line.stripLeading().startsWith("... ");
			if (frame && !left && CONTAINER.matcher(line).find()) {
				kept.append(line, 0, line.indexOf("at ")).append("... frames of the container\n");
				left = true;
			}
			left &= frame;
			if (!left) {
				kept.append(line).append('\n');
			}
		}
		return kept.toString();
	}

	/**
	 * Calls code of an exception, which may fail itself and must not hide the exception.
	 */
	private static @Nullable String text(Supplier<@Nullable String> text) {
		try {
			return text.get();
		}
		catch (RuntimeException ex) {
			return "(the exception's own method threw " + ex.getClass().getName() + ")";
		}
	}

	/**
	 * Creates the failure of a run that was asked to stop.
	 * @param cancellation the cause and the reason
	 * @param thrown the exception that the body threw as it stopped, or {@code null}
	 * @return the failure, with the exception unless it is buddy's own
	 */
	public static RunFailure of(Cancellation cancellation, @Nullable Throwable thrown) {
		RunFailure failure = (thrown != null && !(thrown instanceof RunCancelledException)) ? of(thrown)
				: because(cancellation.cause(), null);
		return new RunFailure(failure.type, cancellation.reason(), failure.stackTrace, cancellation.cause());
	}

	/**
	 * Creates a failure that was not caused by an exception of the body.
	 * @param reason the reason
	 * @param message one sentence
	 * @return the failure
	 */
	public static RunFailure because(String reason, @Nullable String message) {
		return new RunFailure(null, message, null, reason);
	}

}
