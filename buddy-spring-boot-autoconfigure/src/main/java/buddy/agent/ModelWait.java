package buddy.agent;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.internal.ContextCarrier;

/**
 * Waits for a model, or until the run is asked to stop.
 *
 * <p>
 * A thread that reads from a connection cannot be woken up, so the call is made on
 * another one. That thread is interrupted and abandoned when the run is asked to stop.
 *
 * @param <T> the type of the answer
 */
final class ModelWait<T> {

	/** Uses a thread per task, since any of them may be blocked for long. */
	static final Executor THREADS = threads();

	private final RunContext context;

	private final FutureTask<T> call;

	ModelWait(RunContext context, Supplier<T> modelCall) {
		this.context = context;
		this.call = new FutureTask<>(modelCall::get);
	}

	T get() {
		Runnable forget = this.context.cancellation().onCancel(() -> this.call.cancel(true));
		try {
			THREADS.execute(ContextCarrier.wrap(RunContextHolder.wrap(this.call)));
			return this.call.get();
		}
		catch (CancellationException ex) {
			throw this.context.cancellation().exception(this.context.runId());
		}
		catch (InterruptedException ex) {
			this.call.cancel(true);
			Thread.currentThread().interrupt();
			this.context.cancellation().check(this.context.runId());
			throw new IllegalStateException("The thread was interrupted while it waited for a model, in run '"
					+ this.context.runId() + "' of workflow '" + this.context.workflowId() + "'", ex);
		}
		catch (ExecutionException ex) {
			throw raise((ex.getCause() != null) ? ex.getCause() : ex);
		}
		finally {
			forget.run();
		}
	}

	/** Rethrows the model's exception unwrapped. */
	private static RuntimeException raise(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException known) ? known : new IllegalStateException(failure);
	}

	private static Executor threads() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-model-");
		executor.setDaemon(true);
		executor.setVirtualThreads(Runtime.version().feature() >= 21);
		return executor;
	}

}
