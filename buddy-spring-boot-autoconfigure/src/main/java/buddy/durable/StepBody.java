package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * What a step does.
 *
 * @param <T> what it returns
 * @param <E> what it may throw
 */
@FunctionalInterface
public interface StepBody<T extends @Nullable Object, E extends Exception> {

	/**
	 * Does it.
	 * @return the result, which is recorded
	 * @throws E if it fails
	 */
	T call() throws E;

}
