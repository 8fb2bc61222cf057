package buddy.storage.codec;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import buddy.json.internal.Digests;
import buddy.storage.codec.Payload.Kind;

/**
 * Keeps large payloads of runs in a {@link PayloadStore}; the database has their name and
 * their checksum. Inputs, responses, events and what is recorded of steps are kept there.
 * The states of sessions stay in the database, since each run changes them.
 *
 * <p>
 * Another codec can change the payloads before, for example to encrypt them. Payloads
 * that were stored before the application had this codec are read as they are.
 */
public final class OffloadingPayloadCodec implements PayloadCodec {

	private static final Set<Kind> KINDS = EnumSet.of(Kind.RUN_INPUT, Kind.RUN_RESPONSE, Kind.STEP_RESULT,
			Kind.STEP_ERROR, Kind.STEP_STATE, Kind.EVENT);

	private static final String PREFIX = "\"offloaded:";

	private static final Pattern OFFLOADED = Pattern.compile("\\s*" + PREFIX + "([a-z_]+-([0-9a-f]{64}))\"\\s*");

	private final PayloadStore store;

	private final int limit;

	private final PayloadCodec before;

	/**
	 * Creates a codec that leaves small payloads as they are.
	 * @param store keeps the large ones
	 * @param limit the length of the longest payload that stays in the database, in
	 * characters
	 */
	public OffloadingPayloadCodec(PayloadStore store, int limit) {
		this(store, limit, new Plain());
	}

	/**
	 * Creates a codec on top of another one.
	 * @param store keeps the large payloads
	 * @param limit the length of the longest payload that stays in the database, in
	 * characters, once it is encoded
	 * @param before encodes payloads before they are kept anywhere, such as an
	 * {@link AesPayloadCodec}
	 */
	public OffloadingPayloadCodec(PayloadStore store, int limit, PayloadCodec before) {
		if (limit < 0) {
			throw new IllegalArgumentException("'limit' must not be negative, but was " + limit);
		}
		this.store = store;
		this.limit = limit;
		this.before = before;
	}

	@Override
	public String encode(String json, Payload payload) {
		String document = this.before.encode(json, payload);
		// else whoever knows the form could have documents of others read
		boolean looksOffloaded = OFFLOADED.matcher(document).matches();
		if (!KINDS.contains(payload.kind()) || (document.length() <= this.limit && !looksOffloaded)) {
			return document;
		}
		String name = payload.kind().name().toLowerCase(Locale.ROOT) + "-" + Digests.of(document);
		this.store.write(payload.ownerId(), name, document);
		return PREFIX + name + "\"";
	}

	@Override
	public String decode(String stored, Payload payload) {
		Matcher offloaded = OFFLOADED.matcher(stored);
		if (!KINDS.contains(payload.kind()) || !offloaded.matches()) {
			return this.before.decode(stored, payload);
		}
		String document = this.store.read(payload.ownerId(), offloaded.group(1));
		if (document == null) {
			throw new PayloadUnreadableException(payload,
					"its document '" + offloaded.group(1) + "' is not in the store of payloads", null);
		}
		if (!Digests.of(document).equals(offloaded.group(2))) {
			throw new PayloadUnreadableException(payload,
					"its document '" + offloaded.group(1) + "' in the store of payloads was changed", null);
		}
		return this.before.decode(document, payload);
	}

	/** Leaves payloads as they are. */
	private static final class Plain implements PayloadCodec {

		@Override
		public String encode(String json, Payload payload) {
			return json;
		}

		@Override
		public String decode(String stored, Payload payload) {
			AesPayloadCodec.keyId(stored).ifPresent((key) -> {
				throw new PayloadUnreadableException(payload,
						"it is encrypted with key '" + key + "', and the codec has no keys", null);
			});
			return stored;
		}

	}

}
