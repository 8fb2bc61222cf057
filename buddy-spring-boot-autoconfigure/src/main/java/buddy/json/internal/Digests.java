package buddy.json.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Digests by SHA-256, in hexadecimal form.
 */
public final class Digests {

	private Digests() {
	}

	/**
	 * Returns the digest of a text.
	 * @param text the text
	 * @return 64 hexadecimal digits
	 */
	public static String of(String text) {
		return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Returns the digest of texts. It includes the length of each text, so that different
	 * lists of texts have different digests.
	 * @param texts the texts
	 * @return 64 hexadecimal digits
	 */
	public static String ofAll(String... texts) {
		MessageDigest digest = sha256();
		for (String text : texts) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
			digest.update(bytes);
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JDK has SHA-256", ex);
		}
	}

}
