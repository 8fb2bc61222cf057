package buddy.workflow;

/**
 * A piece of code that returns nothing.
 *
 * @param <X> the type of exception that it may throw
 */
@FunctionalInterface
public interface Action<X extends Throwable> {

	/**
	 * Runs the code.
	 * @throws X the exception that the code throws
	 */
	void run() throws X;

}
