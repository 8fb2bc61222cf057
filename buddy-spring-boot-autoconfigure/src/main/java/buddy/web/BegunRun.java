package buddy.web;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Responds to requests that begin a run, or continue one, in the background.
 */
final class BegunRun {

	private static final Logger logger = LoggerFactory.getLogger(BegunRun.class);

	/** The time for which the request's thread waits for a run to begin. */
	private static final Duration SOON = Duration.ofMillis(200);

	/** The server measures its own by the wall clock; the start has a limit already. */
	private static final Duration NO_TIMEOUT = Duration.ZERO;

	private BegunRun() {
	}

	/**
	 * Responds once the run has begun. If it does not begin soon, the request continues
	 * asynchronously and releases its thread.
	 * @param request the request
	 * @param begun completes with the id of the run
	 * @param answer responds to the run
	 * @param refused responds to the exception that refused the run, or throws it
	 */
	static ServerResponse answer(ServerRequest request, CompletionStage<String> begun,
			Function<String, ServerResponse> answer, Function<Throwable, ServerResponse> refused) {
		Outcome<String> soon = Outcome.of(begun, SOON);
		if (!soon.timedOut()) {
			return answer(soon.value(), soon.failure(), answer, refused);
		}
		return ServerResponse.async(begun.handle((runId, failure) -> {
			try {
				return answer(runId, (failure instanceof CompletionException) ? failure.getCause() : failure, answer,
						refused);
			}
			catch (RuntimeException ex) {
				return Problems.of(ex).toResponse(request);
			}
		}).toCompletableFuture(), NO_TIMEOUT);
	}

	private static ServerResponse answer(@Nullable String runId, @Nullable Throwable failure,
			Function<String, ServerResponse> answer, Function<Throwable, ServerResponse> refused) {
		if (runId != null) {
			logger.debug("Run '{}' goes on in the background", runId);
			return answer.apply(runId);
		}
		return refused.apply((failure != null) ? failure : new IllegalStateException("The run has no id"));
	}

	/**
	 * Limits the time in which a run has to begin.
	 * @param time the time
	 * @param begun completes with the id of the run
	 * @param late supplies what to answer if the run has not begun by then
	 */
	static CompletionStage<String> within(Duration time, CompletionStage<String> begun,
			Supplier<CompletionStage<String>> late) {
		return begun.toCompletableFuture()
			.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionallyCompose((failure) -> (failure instanceof TimeoutException) ? late.get()
					: CompletableFuture.failedStage(failure));
	}

}
