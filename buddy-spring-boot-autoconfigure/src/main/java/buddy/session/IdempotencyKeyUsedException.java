package buddy.session;

/**
 * Thrown when a run is to begin with an idempotency key that an earlier run has; nothing
 * was stored of the one that was refused.
 */
public class IdempotencyKeyUsedException extends RuntimeException {

	private final String runId;

	private final boolean sameRequest;

	/**
	 * Names the earlier run.
	 * @param runId the earlier run
	 * @param sameRequest whether the same was asked for
	 */
	public IdempotencyKeyUsedException(String runId, boolean sameRequest) {
		super("Run '" + runId + "' was begun with this idempotency key, for "
				+ (sameRequest ? "the same request; its outcome is the outcome of this one too"
						: "another request; use a key of its own for each request"));
		this.runId = runId;
		this.sameRequest = sameRequest;
	}

	/**
	 * Returns the earlier run.
	 * @return its id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Tells whether the same was asked for.
	 * @return whether the two requests were alike
	 */
	public boolean sameRequest() {
		return this.sameRequest;
	}

}
