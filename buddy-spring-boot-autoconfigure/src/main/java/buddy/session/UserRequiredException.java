package buddy.session;

/**
 * Thrown when nobody is known where the application demands a user; nothing was read or
 * written.
 */
public class UserRequiredException extends IllegalStateException {

	/**
	 * Names what was refused.
	 * @param what what was refused, such as {@code A run of workflow 'research'}
	 * @param ways how to give a user there, such as {@code call it as ...}
	 */
	public UserRequiredException(String what, String ways) {
		super(what + " has no user, and buddy.session.require-user demands one; " + ways);
	}

}
