package buddy.workflow.internal.result;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Adapter for any value, {@code void} and {@code RunResponse}. The run ends when the body
 * returns.
 */
final class ValueAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		return true;
	}

	@Override
	public @Nullable Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) throws Throwable {
		RunExecution run = starter.begin();
		Object result;
		try {
			result = run.inContext(body);
		}
		catch (Throwable ex) {
			return paused(run, run.failed(ex), returnType);
		}
		try {
			return run.completed(result);
		}
		catch (RunPausedException ex) {
			return paused(run, ex, returnType);
		}
	}

	/** A response tells that the run has paused; other results cannot. */
	private static Object paused(RunExecution run, Throwable told, ResolvableType returnType) throws Throwable {
		RunResponse response = (told instanceof RunPausedException) ? run.pausedResponse() : null;
		if (response == null || returnType.toClass() != RunResponse.class) {
			throw told;
		}
		return response;
	}

	@Override
	public @Nullable Object replay(Supplier<RunResponse> outcome, ResolvableType returnType) {
		return RecordedResult.value(outcome.get(), returnType);
	}

}
