package buddy.durable;

/**
 * What a step without a result does.
 *
 * @param <E> what it may throw
 */
@FunctionalInterface
public interface StepAction<E extends Exception> {

	/**
	 * Does it.
	 * @throws E if it fails
	 */
	void run() throws E;

}
