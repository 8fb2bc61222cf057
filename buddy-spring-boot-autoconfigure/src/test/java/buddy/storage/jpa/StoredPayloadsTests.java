package buddy.storage.jpa;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

import buddy.json.internal.Json;
import buddy.storage.codec.AesPayloadCodec;
import buddy.storage.codec.Payload;
import buddy.storage.codec.Payload.Kind;
import buddy.storage.codec.PayloadCodec;
import buddy.storage.codec.PayloadUnreadableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StoredPayloadsTests {

	private final StoredPayloads payloads = new StoredPayloads(new AesPayloadCodec("k", Map.of("k", new byte[32])));

	@Test
	void reasonOfAnErrorIsFoundByTheDatabase() {
		String error = "{\"type\":\"T\",\"message\":\"secret\",\"reason\":\"step_mismatch\",\"encoded\":1}";
		String stored = this.payloads.encodeError(error, "r");
		assertThat(stored).doesNotContain("secret");
		assertThat(Json.readMap(stored)).containsOnlyKeys("reason", "encoded").containsEntry("reason", "step_mismatch");
		assertThat(this.payloads.decodeError(stored, "r")).isEqualTo(error);
		String other = "{\"message\":\"secret\"}";
		assertThat(Json.readMap(this.payloads.encodeError(other, "r"))).containsOnlyKeys("encoded");
		assertThat(this.payloads.decodeError(this.payloads.encodeError(other, "r"), "r")).isEqualTo(other);
		assertThat(this.payloads.decodeError(other, "r")).as("from before").isEqualTo(other);
	}

	@Test
	void textsFromBeforeAreToldApart() {
		String stored = this.payloads.encodeText("\"aes:k:x\" ü", Kind.SESSION_NAME, "s");
		assertThat(stored).doesNotContain("ü");
		assertThat(this.payloads.decodeText(stored, Kind.SESSION_NAME, "s")).isEqualTo("\"aes:k:x\" ü");
		for (String before : new String[] { "", "A name", "\"aes:k:x\"", "{}" }) {
			assertThat(this.payloads.decodeText(before, Kind.SESSION_NAME, "s")).isEqualTo(before);
		}
		assertThat(stored(255, "\uD83D\uDE00")).hasSizeLessThanOrEqualTo(2000);
		assertThat(stored(255, "\u20AC")).hasSizeLessThanOrEqualTo(2000);
	}

	private String stored(int length, String character) {
		return this.payloads.encodeText(character.repeat(length / character.length()), Kind.SESSION_NAME, "s");
	}

	@Test
	void codecThatCannotEncodeIsTriedAgainAsADatabaseIs() {
		StoredPayloads away = new StoredPayloads(new PayloadCodec() {

			@Override
			public String encode(String json, Payload payload) {
				throw new IllegalStateException("away");
			}

			@Override
			public String decode(String stored, Payload payload) {
				return stored;
			}

		});
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> away.encode("1", Kind.STEP_RESULT, "r1"))
			.withMessageContaining("step result of run 'r1'")
			.satisfies((ex) -> assertThat(LostResponses.isTemporary(ex)).isTrue());
	}

	@Test
	void whatACodecThrowsNamesThePayload() {
		StoredPayloads failing = new StoredPayloads(new PayloadCodec() {

			@Override
			public String encode(String json, Payload payload) {
				return json;
			}

			@Override
			public String decode(String stored, Payload payload) {
				throw new IllegalStateException("no such file");
			}

		});
		assertThatExceptionOfType(PayloadUnreadableException.class)
			.isThrownBy(() -> failing.decode("{}", Kind.RUN_INPUT, "r1"))
			.withMessage("The input of run 'r1' cannot be read: its codec has failed:"
					+ " java.lang.IllegalStateException: no such file");
	}

	@Test
	void withoutACodecWhatIsEncryptedIsRefusedByTheNameOfItsKey() {
		String result = this.payloads.encode("\"secret\"", Kind.STEP_RESULT, "r");
		assertThatExceptionOfType(PayloadUnreadableException.class)
			.isThrownBy(() -> StoredPayloads.PLAIN.decode(result, Kind.STEP_RESULT, "r"))
			.withMessage("The step result of run 'r' cannot be read: it is encrypted with key 'k', and"
					+ " buddy.storage.encryption is not set");
		String name = this.payloads.encodeText("secret", Kind.SESSION_NAME, "s");
		assertThatExceptionOfType(PayloadUnreadableException.class)
			.isThrownBy(() -> StoredPayloads.PLAIN.decodeText(name, Kind.SESSION_NAME, "s"));
		String error = this.payloads.encodeError("{\"message\":\"secret\"}", "r");
		assertThatExceptionOfType(PayloadUnreadableException.class)
			.isThrownBy(() -> StoredPayloads.PLAIN.decodeError(error, "r"));
		for (String plain : new String[] { "{\"encoded\":1}", "\"aes:\"", "{\"message\":\"encoded\"}" }) {
			assertThat(StoredPayloads.PLAIN.decodeError("{\"a\":" + plain + "}", "r"))
				.isEqualTo("{\"a\":" + plain + "}");
			assertThat(StoredPayloads.PLAIN.decodeError(plain.startsWith("{") ? plain : "{}", "r"))
				.isEqualTo(plain.startsWith("{") ? plain : "{}");
			assertThat(StoredPayloads.PLAIN.decode(plain, Kind.STEP_RESULT, "r")).isEqualTo(plain);
		}
	}

	@Test
	void withoutACodecNothingIsChanged() {
		assertThat(StoredPayloads.PLAIN.encode("{}", Kind.EVENT, "r")).isEqualTo("{}");
		assertThat(StoredPayloads.PLAIN.decode("{}", Kind.EVENT, "r")).isEqualTo("{}");
		assertThat(StoredPayloads.PLAIN.encodeText("x", Kind.EVENT, "r")).isEqualTo("x");
		assertThat(StoredPayloads.PLAIN.encodeError("{}", "r")).isEqualTo("{}");
		assertThat(StoredPayloads.PLAIN.encode(null, Kind.EVENT, "r")).isNull();
	}

}
