package buddy.workflow;

/**
 * A piece of code that returns nothing.
 *
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface Action<X extends Throwable> {

	/**
	 * Runs the code.
	 * @throws X whatever the code throws
	 */
	void run() throws X;

}
