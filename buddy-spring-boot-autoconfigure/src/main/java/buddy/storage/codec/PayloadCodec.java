package buddy.storage.codec;

/**
 * Changes the form in which payloads are stored, for example to encrypt them or to keep
 * large ones elsewhere. A bean of this type is used for everything that buddy stores of
 * the content of runs and sessions in the application's database; see
 * {@link Payload.Kind}.
 *
 * <p>
 * It is called for each payload that is written or read, by several threads at once, and
 * within the transaction that writes it. Ids, users, times, statuses, the names of
 * workflows and steps, the types of errors, and the keys of flow control are stored as
 * they are, since the database finds rows by them.
 *
 * @see AesPayloadCodec
 */
public interface PayloadCodec {

	/**
	 * Encodes a payload to be stored.
	 * @param json the payload, as a JSON document
	 * @param payload what it is
	 * @return what is stored; it has to be a JSON document too, such as a JSON string
	 */
	String encode(String json, Payload payload);

	/**
	 * Decodes a stored payload. It has to accept what was stored before the application
	 * had a codec, and with earlier keys.
	 * @param stored what is stored: what {@link #encode} returned, possibly with other
	 * white space
	 * @param payload what it is
	 * @return the payload, as a JSON document
	 * @throws PayloadUnreadableException if it cannot be decoded, for example since its
	 * key is missing
	 */
	String decode(String stored, Payload payload);

}
