package buddy.web;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a stage within a given time.
 *
 * @param value the value, or {@code null}
 * @param failure the failure, or {@code null}
 */
record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {

	static <T> Outcome<T> of(CompletionStage<T> stage, @Nullable Duration time) {
		try {
			var future = stage.toCompletableFuture();
			return new Outcome<>((time != null) ? future.get(time.toMillis(), TimeUnit.MILLISECONDS) : future.get(),
					null);
		}
		catch (ExecutionException ex) {
			return new Outcome<>(null, (ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (TimeoutException ex) {
			return new Outcome<>(null, null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw Problems.overloaded("The application is stopping").refusal();
		}
	}

	boolean timedOut() {
		return this.value == null && this.failure == null;
	}

	Throwable requireFailure() {
		return (this.failure != null) ? this.failure : new IllegalStateException("There was no result in time");
	}

	static RuntimeException unchecked(Throwable failure) {
		return (failure instanceof RuntimeException runtime) ? runtime
				: new IllegalStateException("The call of the workflow failed before its run began", failure);
	}

}
