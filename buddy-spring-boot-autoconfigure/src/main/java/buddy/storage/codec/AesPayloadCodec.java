package buddy.storage.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts payloads with AES in Galois/Counter Mode (NIST SP 800-38D), with the keys of
 * the application.
 *
 * <p>
 * Each payload is bound to its kind and owner: one that somebody copies to another row
 * cannot be read there. A stored payload tells the id of its key, so keys can be rotated:
 * the current one encrypts, and all of them decrypt. Payloads that were stored before the
 * application encrypted them are read as they are.
 */
public final class AesPayloadCodec implements PayloadCodec {

	private static final String TRANSFORMATION = "AES/GCM/NoPadding";

	private static final int NONCE_BYTES = 12;

	private static final int TAG_BITS = 128;

	private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	private static final String PREFIX = "\"aes:";

	private static final Pattern ENCRYPTED = Pattern
		.compile("\\s*" + PREFIX + "(" + KEY_ID.pattern() + "):([A-Za-z0-9_-]+)\"\\s*");

	private final SecureRandom random = new SecureRandom();

	private final Map<String, SecretKey> keys;

	private final String current;

	/**
	 * Creates a codec.
	 * @param current the id of the key that encrypts
	 * @param keys all keys by their ids, of 16, 24 or 32 bytes; an id has up to 64
	 * letters, digits and {@code . _ -}
	 * @throws IllegalArgumentException if there is no current key, or an id or a key is
	 * not as described
	 */
	public AesPayloadCodec(String current, Map<String, byte[]> keys) {
		Map<String, SecretKey> checked = new LinkedHashMap<>();
		keys.forEach((id, key) -> {
			if (!KEY_ID.matcher(id).matches()) {
				throw new IllegalArgumentException(
						"'" + id + "' is no id of a key; use up to 64 letters, digits and . _ -");
			}
			if (key.length != 16 && key.length != 24 && key.length != 32) {
				throw new IllegalArgumentException(
						"Key '" + id + "' has " + key.length + " bytes; AES keys have 16, 24 or 32");
			}
			checked.put(id, new SecretKeySpec(key, "AES"));
		});
		if (!checked.containsKey(current)) {
			throw new IllegalArgumentException(
					"There is no key '" + current + "' to encrypt with; there are " + checked.keySet());
		}
		this.keys = Map.copyOf(checked);
		this.current = current;
	}

	/**
	 * Finds the key of an encrypted payload.
	 * @param stored what is stored
	 * @return the id of the key, or empty if the payload is not encrypted by this codec
	 */
	public static Optional<String> keyId(String stored) {
		if (!stored.stripLeading().startsWith(PREFIX)) {
			return Optional.empty();
		}
		Matcher encrypted = ENCRYPTED.matcher(stored);
		return encrypted.matches() ? Optional.of(encrypted.group(1)) : Optional.empty();
	}

	@Override
	public String encode(String json, Payload payload) {
		byte[] nonce = new byte[NONCE_BYTES];
		this.random.nextBytes(nonce);
		byte[] plain = json.getBytes(StandardCharsets.UTF_8);
		ByteBuffer encrypted = ByteBuffer.allocate(NONCE_BYTES + plain.length + TAG_BITS / Byte.SIZE).put(nonce);
		try {
			encrypted.put(cipher(Cipher.ENCRYPT_MODE, this.current, nonce, payload).doFinal(plain));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The " + payload.description() + " cannot be encrypted", ex);
		}
		return PREFIX + this.current + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted.array())
				+ "\"";
	}

	@Override
	public String decode(String stored, Payload payload) {
		Matcher encrypted = ENCRYPTED.matcher(stored);
		if (!encrypted.matches()) {
			return stored;
		}
		String keyId = encrypted.group(1);
		if (!this.keys.containsKey(keyId)) {
			throw new PayloadUnreadableException(payload,
					"it is encrypted with key '" + keyId + "', which the application does not have", null);
		}
		byte[] bytes = Base64.getUrlDecoder().decode(encrypted.group(2));
		try {
			Cipher cipher = cipher(Cipher.DECRYPT_MODE, keyId, bytes, payload);
			return new String(cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES), StandardCharsets.UTF_8);
		}
		catch (GeneralSecurityException | IllegalArgumentException ex) {
			throw new PayloadUnreadableException(payload, "it was changed, or moved from another row, or key '" + keyId
					+ "' is not the one that encrypted it", ex);
		}
	}

	private Cipher cipher(int mode, String keyId, byte[] nonce, Payload payload) throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance(TRANSFORMATION);
		cipher.init(mode, this.keys.get(keyId), new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_BYTES));
		cipher.updateAAD((payload.kind() + ":" + payload.ownerId()).getBytes(StandardCharsets.UTF_8));
		return cipher;
	}

}
