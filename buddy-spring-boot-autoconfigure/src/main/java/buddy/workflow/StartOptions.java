package buddy.workflow;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * How {@link WorkflowRegistry#start} starts a run.
 *
 * @param executor calls {@code run()}
 * @param recordStart whether the run is stored when it begins, whatever is set for all
 * runs: who is told its id may look for it then
 * @param idempotency what makes the request the same as another one, or {@code null} if
 * every request is one of its own
 * @param onBegin is told the run's id on the run's thread before its first event, or
 * {@code null}
 */
public record StartOptions(Executor executor, boolean recordStart, @Nullable Idempotency idempotency,
		@Nullable Consumer<String> onBegin) {

	/**
	 * Returns how a run is started that the calling thread waits for.
	 * @return the options: on the calling thread
	 */
	public static StartOptions here() {
		return new StartOptions(Runnable::run, false, null, null);
	}

	/**
	 * Returns how a run is started in the background.
	 * @param executor calls {@code run()}
	 * @return the options: stored when it begins
	 */
	public static StartOptions on(Executor executor) {
		return new StartOptions(executor, true, null, null);
	}

	/**
	 * Returns these options for a request that may come more than once and begins one run
	 * all the same.
	 * @param key the caller's key: one for each workflow and user
	 * @param request what is asked for, as text
	 * @return the options
	 */
	public StartOptions idempotent(String key, String request) {
		return new StartOptions(this.executor, this.recordStart, new Idempotency(key, request), this.onBegin);
	}

	/**
	 * Returns these options for who must know the run's id before anything is told of the
	 * run.
	 * @param listener is told the id on the run's thread, which waits for it, once the
	 * run may begin and before its first event; what it throws is logged, and the run
	 * goes on
	 * @return the options
	 */
	public StartOptions onBegin(Consumer<String> listener) {
		return new StartOptions(this.executor, this.recordStart, this.idempotency, listener);
	}

	/**
	 * What makes a request the same as another one.
	 *
	 * @param key the caller's key
	 * @param request what is asked for, as text
	 */
	public record Idempotency(String key, String request) {
	}

}
