package buddy.session;

/**
 * Thrown when there is no user but the application requires one. Nothing was read or
 * written.
 */
public class UserRequiredException extends IllegalStateException {

	/**
	 * Creates the exception.
	 * @param what the refused operation, such as {@code A run of workflow 'research'}
	 * @param ways how to provide a user, such as {@code call it as ...}
	 */
	public UserRequiredException(String what, String ways) {
		super(what + " has no user, and buddy.session.require-user requires one; " + ways);
	}

}
