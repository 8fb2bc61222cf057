package buddy.web;

/**
 * Thrown when a client must not call workflows.
 */
public class ClientRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1;

	/**
	 * Creates the exception.
	 * @param message why the client is refused, and what to do
	 */
	public ClientRefusedException(String message) {
		super(message, null, false, false);
	}

}
