package buddy.workflow.internal.result;

import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunResponse;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Runs a body with a certain type of result, and ends the run when that result is
 * complete.
 */
public interface ResultAdapter {

	/**
	 * Returns whether this adapter supports a declared return type.
	 */
	boolean supports(ResolvableType returnType);

	/**
	 * Runs the body, either now or when its result is first requested. If the result can
	 * be requested more than once, each request is a separate run.
	 * @return the result for the caller of {@code run()}
	 */
	@Nullable Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) throws Throwable;

	/**
	 * Returns the result of a run that has ended in an earlier execution of the run that
	 * called it.
	 * @param outcome the response of the run, or its failure
	 * @return the result for the caller of {@code run()}
	 */
	@Nullable Object replay(Supplier<RunResponse> outcome, ResolvableType returnType);

	/**
	 * Consumes the result of {@code run()} to its end, so that the run ends too. A result
	 * that is pulled is consumed on this thread, a result that is pushed whenever it
	 * arrives.
	 * @param result the result that the caller received
	 * @param end called once, with {@code null} or the exception that a caller would
	 * receive
	 */
	default void drain(@Nullable Object result, Consumer<@Nullable Throwable> end) {
		end.accept(null);
	}

}
