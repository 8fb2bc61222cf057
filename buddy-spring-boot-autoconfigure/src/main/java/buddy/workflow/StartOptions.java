package buddy.workflow;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Options for {@link WorkflowRegistry#start}.
 *
 * @param executor the executor that calls {@code run()}
 * @param recordStart whether the run is stored when it begins, regardless of the general
 * setting, so that it can be found by its id from then on
 * @param idempotency identifies repeated requests, or {@code null} if every request
 * begins a run of its own
 * @param onBegin receives the run's id on the run's thread before its first event, or
 * {@code null}
 */
public record StartOptions(Executor executor, boolean recordStart, @Nullable Idempotency idempotency,
		@Nullable Consumer<String> onBegin) {

	/**
	 * Returns the options for a run on the calling thread, which waits for it.
	 * @return the options
	 */
	public static StartOptions here() {
		return new StartOptions(Runnable::run, false, null, null);
	}

	/**
	 * Returns the options for a run in the background, which is stored when it begins.
	 * @param executor the executor that calls {@code run()}
	 * @return the options
	 */
	public static StartOptions on(Executor executor) {
		return new StartOptions(executor, true, null, null);
	}

	/**
	 * Returns a copy of these options for a request that may be repeated, but begins only
	 * one run.
	 * @param key the caller's key, unique for each workflow and user
	 * @param request the content of the request, as text
	 * @return the options
	 */
	public StartOptions idempotent(String key, String request) {
		return new StartOptions(this.executor, this.recordStart, new Idempotency(key, request), this.onBegin);
	}

	/**
	 * Returns a copy of these options with a listener that receives the run's id before
	 * any event of the run is published.
	 * @param listener receives the id on the run's thread, once the run may begin and
	 * before its first event; the run waits for it; exceptions are logged and do not
	 * affect the run
	 * @return the options
	 */
	public StartOptions onBegin(Consumer<String> listener) {
		return new StartOptions(this.executor, this.recordStart, this.idempotency, listener);
	}

	/**
	 * Identifies repeated requests.
	 *
	 * @param key the caller's key
	 * @param request the content of the request, as text
	 */
	public record Idempotency(String key, String request) {
	}

}
