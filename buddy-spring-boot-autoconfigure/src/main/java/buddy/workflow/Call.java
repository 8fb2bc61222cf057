package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A piece of code that returns a value.
 *
 * @param <T> what it returns
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface Call<T extends @Nullable Object, X extends Throwable> {

	/**
	 * Runs the code.
	 * @return its value
	 * @throws X whatever the code throws
	 */
	T call() throws X;

}
