package buddy.workflow.internal.result;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Adapter for {@code CompletionStage} and {@code CompletableFuture}. The run ends when
 * the stage does.
 *
 * <p>
 * The caller receives a separate future, which fails with the raw exception and whose
 * {@code cancel()} cancels the run.
 */
final class StageAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		Class<?> type = returnType.toClass();
		return CompletionStage.class.isAssignableFrom(type) && type.isAssignableFrom(CompletableFuture.class);
	}

	@Override
	public @Nullable Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) throws Throwable {
		RunExecution run = starter.begin();
		CompletionStage<?> stage;
		try {
			stage = (CompletionStage<?>) run.inContext(body);
		}
		catch (Throwable ex) {
			return paused(run.failed(ex));
		}
		if (stage != null) {
			return answer(run, stage);
		}
		try {
			run.completed(null);
			return null;
		}
		catch (RunPausedException ex) {
			return paused(ex);
		}
	}

	/** A pause is told by the future, wherever the run has paused. */
	private static CompletableFuture<@Nullable Object> paused(Throwable told) throws Throwable {
		if (told instanceof RunPausedException) {
			return CompletableFuture.failedFuture(told);
		}
		throw told;
	}

	@Override
	public Object replay(Supplier<RunResponse> outcome, ResolvableType returnType) {
		CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
		try {
			answer.complete(RecordedResult.value(outcome.get(), returnType.as(CompletionStage.class).getGeneric(0)));
		}
		catch (RuntimeException ex) {
			answer.completeExceptionally(ex);
		}
		return answer;
	}

	@Override
	public void drain(@Nullable Object result, Consumer<@Nullable Throwable> end) {
		if (result instanceof CompletionStage<?> stage) {
			stage.whenComplete((value, failure) -> end.accept((failure != null) ? raw(failure) : null));
		}
		else {
			end.accept(null);
		}
	}

	/**
	 * Creates the caller's future. The run is ended by the stage, a cancellation or the
	 * caller, whichever is first.
	 */
	private static CompletableFuture<@Nullable Object> answer(RunExecution run, CompletionStage<?> stage) {
		CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
		Runnable forget = run.cancellation().onCancel(() -> {
			if (run.claimEnd()) {
				answer.completeExceptionally(run.failed(run.cancelledException()));
				stage.toCompletableFuture().cancel(true);
			}
		});
		stage.whenComplete((value, failure) -> {
			if (run.claimEnd()) {
				forget.run();
				end(run, value, failure, answer);
			}
		});
		answer.whenComplete((value, failure) -> {
			if (answer.isCancelled() && run.claimEnd()) {
				forget.run();
				run.cancelled("the caller cancelled the future");
				stage.toCompletableFuture().cancel(true);
			}
		});
		return answer;
	}

	private static void end(RunExecution run, @Nullable Object value, @Nullable Throwable failure,
			CompletableFuture<@Nullable Object> answer) {
		if (failure != null) {
			Throwable told = raw(failure);
			try {
				told = run.failed(told);
			}
			finally {
				answer.completeExceptionally(told);
			}
			return;
		}
		try {
			answer.complete(run.completed(value));
		}
		catch (Throwable ex) {
			answer.completeExceptionally(ex);
		}
	}

	private static Throwable raw(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
