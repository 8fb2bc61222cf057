package buddy.storage;

import buddy.json.internal.Digests;
import buddy.run.RunKey;

/**
 * Identifies repeated requests to run a workflow: of all runs with the same key, only the
 * first begins.
 *
 * @param key the digest of workflow, user and the caller's key: 64 hexadecimal digits,
 * unique among all runs
 * @param request the digest of the request's content: 64 hexadecimal digits
 */
public record IdempotencyKey(String key, String request) {

	/**
	 * Creates the key of a request.
	 * @param run the requested run, whose workflow and user become part of the key
	 * @param key the caller's key
	 * @param request the content of the request, as text
	 * @return the key, which does not reveal the texts that it is made of
	 */
	public static IdempotencyKey of(RunKey run, String key, String request) {
		String userId = run.userId();
		return new IdempotencyKey(Digests.ofAll(run.workflowId(), (userId != null) ? "user" : "nobody",
				(userId != null) ? userId : "", key), Digests.ofAll(request));
	}

}
