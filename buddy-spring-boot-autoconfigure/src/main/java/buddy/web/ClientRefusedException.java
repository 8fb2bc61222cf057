package buddy.web;

/**
 * Thrown to a client that must not call workflows.
 */
public class ClientRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1;

	/**
	 * Creates the exception.
	 * @param message why it is refused, and what to do
	 */
	public ClientRefusedException(String message) {
		super(message, null, false, false);
	}

}
