package buddy.workflow.internal.result;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Runs a body whose result has a certain shape, and ends the run when that result is
 * complete.
 */
public interface ResultAdapter {

	/**
	 * Tells whether this adapter is the one for a declared return type.
	 */
	boolean supports(ResolvableType returnType);

	/**
	 * Runs the body, now or when its result is first asked for, as one run or, where it
	 * can be asked for more than once, as a run for each time.
	 * @return what the caller of {@code run()} gets
	 */
	@Nullable Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) throws Throwable;

	/**
	 * Takes what the caller of {@code run()} got to its end, so that the run ends too: on
	 * this thread what is pulled, whenever it comes what is pushed.
	 * @param result what the caller got
	 * @param end told once: {@code null}, or the exception that a caller would get
	 */
	default void drain(@Nullable Object result, Consumer<@Nullable Throwable> end) {
		end.accept(null);
	}

}
