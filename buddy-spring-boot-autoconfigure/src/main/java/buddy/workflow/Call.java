package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A piece of code that returns a value.
 *
 * @param <T> the type of the value
 * @param <X> the type of exception that it may throw
 */
@FunctionalInterface
public interface Call<T extends @Nullable Object, X extends Throwable> {

	/**
	 * Runs the code.
	 * @return the value
	 * @throws X the exception that the code throws
	 */
	T call() throws X;

}
