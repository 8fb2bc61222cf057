package buddy.workflow.internal.execution;

import org.jspecify.annotations.Nullable;

/**
 * A call of the user's {@code run()} with its arguments.
 */
@FunctionalInterface
public interface RunBody {

	@Nullable Object call() throws Throwable;

}
