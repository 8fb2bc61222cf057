package buddy.session;

/**
 * Thrown when a run uses the idempotency key of an earlier run. The refused run leaves no
 * record.
 */
public class IdempotencyKeyUsedException extends RuntimeException {

	private final String runId;

	private final boolean sameRequest;

	/**
	 * Creates the exception.
	 * @param runId the earlier run
	 * @param sameRequest whether the earlier run was started by the same request
	 */
	public IdempotencyKeyUsedException(String runId, boolean sameRequest) {
		super("Run '" + runId + "' was begun with this idempotency key, for "
				+ (sameRequest ? "the same request; its outcome is the outcome of this one too"
						: "another request; use a key of its own for each request"));
		this.runId = runId;
		this.sameRequest = sameRequest;
	}

	/**
	 * Returns the id of the earlier run.
	 * @return the run id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns whether the earlier run was started by the same request.
	 * @return whether the two requests are equal
	 */
	public boolean sameRequest() {
		return this.sameRequest;
	}

}
