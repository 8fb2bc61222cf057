package buddy.storage.jpa;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;
import buddy.storage.codec.AesPayloadCodec;
import buddy.storage.codec.Payload;
import buddy.storage.codec.Payload.Kind;
import buddy.storage.codec.PayloadCodec;
import buddy.storage.codec.PayloadUnreadableException;

/**
 * The payloads in the tables, in the form of the application's codec if it has one.
 */
final class StoredPayloads {

	/** Payloads as plain JSON. */
	static final StoredPayloads PLAIN = new StoredPayloads(null);

	/**
	 * Begins a name in the form of the codec: names cannot have it, so that those from
	 * before are told apart.
	 */
	private static final String ENCODED_TEXT = "\u0001";

	/** The only fields of an error in the form of the codec. */
	private static final String REASON = "reason";

	private static final String ENCODED = "encoded";

	private final @Nullable PayloadCodec codec;

	StoredPayloads(@Nullable PayloadCodec codec) {
		this.codec = codec;
	}

	/** Returns whether payloads are stored as they are. */
	boolean arePlain() {
		return this.codec == null;
	}

	@Nullable String encode(@Nullable String json, Kind kind, String ownerId) {
		return (json != null) ? encodeAlways(json, kind, ownerId) : null;
	}

	@Nullable String decode(@Nullable String stored, Kind kind, String ownerId) {
		return (stored != null) ? decodeAlways(stored, kind, ownerId) : null;
	}

	/** For columns that may not be null. */
	String encodeAlways(String json, Kind kind, String ownerId) {
		return (this.codec != null) ? encode(this.codec, json, new Payload(kind, ownerId)) : json;
	}

	/** A codec that fails may be away, as the database may be, and is tried again. */
	private static String encode(PayloadCodec codec, String json, Payload payload) {
		try {
			return codec.encode(json, payload);
		}
		catch (RuntimeException ex) {
			throw new TransientDataAccessResourceException(
					"The payload codec could not encode the " + payload.description(), ex);
		}
	}

	/** For columns that may not be null. */
	String decodeAlways(String stored, Kind kind, String ownerId) {
		if (this.codec == null) {
			requirePlain(stored, kind, ownerId);
			return stored;
		}
		Payload payload = new Payload(kind, ownerId);
		try {
			return this.codec.decode(stored, payload);
		}
		catch (PayloadUnreadableException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new PayloadUnreadableException(payload, "its codec has failed: " + ex, ex);
		}
	}

	/** Else code would take what is encrypted for the result of its step. */
	private static void requirePlain(String stored, Kind kind, String ownerId) {
		AesPayloadCodec.keyId(stored).ifPresent((key) -> {
			throw new PayloadUnreadableException(new Payload(kind, ownerId),
					"it is encrypted with key '" + key + "', and buddy.storage.encryption is not set", null);
		});
	}

	/** Encodes a text whose column is not JSON. */
	@Nullable String encodeText(@Nullable String text, Kind kind, String ownerId) {
		return (text == null || this.codec == null) ? text
				: ENCODED_TEXT + encodeAlways(Json.write(text), kind, ownerId);
	}

	/** Decodes a text whose column is not JSON. */
	@Nullable String decodeText(@Nullable String stored, Kind kind, String ownerId) {
		if (stored == null || !stored.startsWith(ENCODED_TEXT)) {
			return stored;
		}
		return Json.readTree(decodeAlways(stored.substring(ENCODED_TEXT.length()), kind, ownerId)).asString();
	}

	/** Encodes why a run did not complete, but for the reason, which is looked for. */
	@Nullable String encodeError(@Nullable String error, String runId) {
		if (error == null || this.codec == null) {
			return error;
		}
		Object reason = Json.readMap(error).get(REASON);
		return "{" + ((reason instanceof String) ? "\"" + REASON + "\":" + Json.write(reason) + "," : "") + "\""
				+ ENCODED + "\":" + encodeAlways(error, Kind.RUN_ERROR, runId) + "}";
	}

	@Nullable String decodeError(@Nullable String stored, String runId) {
		JsonNode encoded = (stored != null && stored.contains(ENCODED)) ? Json.readTree(stored).get(ENCODED) : null;
		if (encoded == null) {
			return stored;
		}
		String error = decodeAlways(encoded.toString(), Kind.RUN_ERROR, runId);
		return (this.codec != null) ? error : stored;
	}

}
