package buddy.workflow;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.workflow.WorkflowRunner.Body;

/**
 * {@code CompletionStage} and {@code CompletableFuture}: the run ends when the stage
 * does.
 *
 * <p>
 * The caller gets a future of its own, which fails with the raw exception and whose
 * {@code cancel()} cancels the run.
 */
final class StageAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		Class<?> type = returnType.toClass();
		return CompletionStage.class.isAssignableFrom(type) && type.isAssignableFrom(CompletableFuture.class);
	}

	@Override
	public @Nullable Object adapt(RunStarter starter, Body body, ResolvableType returnType) throws Throwable {
		RunExecution run = starter.begin();
		CompletionStage<?> stage;
		try {
			stage = (CompletionStage<?>) run.inContext(body);
		}
		catch (Throwable ex) {
			run.failed(ex);
			throw ex;
		}
		if (stage == null) {
			run.completed(null);
			return null;
		}
		return answer(run, stage);
	}

	private static CompletableFuture<@Nullable Object> answer(RunExecution run, CompletionStage<?> stage) {
		CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
		stage.whenComplete((value, failure) -> {
			if (failure != null) {
				Throwable raw = raw(failure);
				try {
					run.failed(raw);
				}
				finally {
					answer.completeExceptionally(raw);
				}
				return;
			}
			try {
				answer.complete(run.completed(value));
			}
			catch (Throwable ex) {
				answer.completeExceptionally(ex);
			}
		});
		answer.whenComplete((value, failure) -> {
			if (failure instanceof CancellationException && answer.isCancelled()) {
				run.cancelled("the caller cancelled the future");
				stage.toCompletableFuture().cancel(true);
			}
		});
		return answer;
	}

	private static Throwable raw(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
