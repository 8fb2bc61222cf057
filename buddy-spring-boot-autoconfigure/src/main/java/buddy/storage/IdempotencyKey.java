package buddy.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

import buddy.run.RunKey;

/**
 * What makes a request to run a workflow the same request as another one: of all runs
 * with one key, only the first begins.
 *
 * @param key the digest of workflow, user and the caller's key: 64 hexadecimal digits, no
 * two runs have the same
 * @param request the digest of what was asked for: 64 hexadecimal digits
 */
public record IdempotencyKey(String key, String request) {

	/**
	 * Makes the key of a request.
	 * @param run the run that is asked for: its workflow and its user count
	 * @param key the caller's key
	 * @param request what is asked for, as text
	 * @return the key, which tells nothing of the texts it is made of
	 */
	public static IdempotencyKey of(RunKey run, String key, String request) {
		String userId = run.userId();
		return new IdempotencyKey(
				digest(run.workflowId(), (userId != null) ? "user" : "nobody", (userId != null) ? userId : "", key),
				digest(request));
	}

	/** Lengths tell where a text ends, so that no two lists of texts are alike. */
	private static String digest(String... texts) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			Stream.of(texts).map((text) -> text.getBytes(StandardCharsets.UTF_8)).forEach((bytes) -> {
				digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
				digest.update(bytes);
			});
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JDK has SHA-256", ex);
		}
	}

}
