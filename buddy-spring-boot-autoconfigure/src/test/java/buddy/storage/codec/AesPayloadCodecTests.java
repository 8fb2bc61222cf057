package buddy.storage.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import buddy.storage.codec.Payload.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AesPayloadCodecTests {

	private static final Payload STATE = new Payload(Kind.SESSION_STATE, "s1");

	private static final byte[] OLD = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

	private static final byte[] NEW = "0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.UTF_8);

	private final AesPayloadCodec before = new AesPayloadCodec("2025", Map.of("2025", OLD));

	private final AesPayloadCodec now = new AesPayloadCodec("2026", Map.of("2025", OLD, "2026", NEW));

	@Test
	void whatWasEncryptedIsReadAgain() {
		for (String json : List.of("{}", "{\"a\":\"ü😀\\u0000\"}", "[1.0E10]", "\"x\"", "null",
				"\"" + "long ".repeat(100_000) + "\"")) {
			String stored = this.now.encode(json, STATE);
			assertThat(stored).startsWith("\"aes:2026:").endsWith("\"").doesNotContain("long long");
			assertThat(this.now.decode(stored, STATE)).isEqualTo(json);
			assertThat(this.now.decode(" " + stored + "\n", STATE)).isEqualTo(json);
			assertThat(this.now.encode(json, STATE)).as("each time another nonce").isNotEqualTo(stored);
		}
	}

	@Test
	void earlierKeysDecryptAndTheCurrentOneEncrypts() {
		assertThat(this.now.decode(this.before.encode("[1]", STATE), STATE)).isEqualTo("[1]");
		String stored = this.now.encode("[1]", STATE);
		assertThatExceptionOfType(PayloadUnreadableException.class).isThrownBy(() -> this.before.decode(stored, STATE))
			.withMessage(
					"The state of session 's1' cannot be read: it is encrypted with key '2026', which the application does"
							+ " not have");
	}

	@Test
	void plainPayloadsAreReadAsTheyAre() {
		for (String json : List.of("{\"aes\":1}", "\"aes:\"", "\"aes:2026\"", "\"aes:2026:not base64!\"",
				"[\"aes:2026:AA\"]")) {
			assertThat(this.now.decode(json, STATE)).isEqualTo(json);
		}
	}

	@Test
	void whatWasChangedOrMovedIsRefused() {
		String stored = this.now.encode("{\"role\":\"user\"}", STATE);
		assertRefused(stored, new Payload(Kind.SESSION_STATE, "s2"));
		assertRefused(stored, new Payload(Kind.SESSION_DATA, "s1"));
		assertRefused(stored.replace("aes:2026", "aes:2025"), STATE);
		assertRefused("\"aes:2026:AAAA\"", STATE);
		String text = stored.substring("\"aes:2026:".length(), stored.length() - 1);
		byte[] bytes = Base64.getUrlDecoder().decode(text);
		for (int i = 0; i < bytes.length; i++) {
			byte[] changed = Arrays.copyOf(bytes, bytes.length);
			changed[i] ^= 1;
			assertRefused("\"aes:2026:" + Base64.getUrlEncoder().encodeToString(changed).replace("=", "") + "\"",
					STATE);
		}
	}

	private void assertRefused(String stored, Payload payload) {
		assertThatExceptionOfType(PayloadUnreadableException.class).isThrownBy(() -> this.now.decode(stored, payload))
			.withMessageContaining(payload.description())
			.withMessageContaining("it was changed, or moved");
	}

	@Test
	void keysThatCannotBeUsedAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AesPayloadCodec("a", Map.of("b", OLD)))
			.withMessage("There is no key 'a' to encrypt with; there are [b]");
		assertThatIllegalArgumentException().isThrownBy(() -> new AesPayloadCodec("a", Map.of("a", new byte[15])))
			.withMessage("Key 'a' has 15 bytes; AES keys have 16, 24 or 32");
		assertThatIllegalArgumentException().isThrownBy(() -> new AesPayloadCodec("a:b", Map.of("a:b", OLD)))
			.withMessageContaining("'a:b' is no id of a key");
	}

}
