package buddy.storage.codec;

import org.jspecify.annotations.Nullable;

/**
 * Keeps large payloads of runs outside of the database, such as in an object store or in
 * files. The application implements it; see {@link OffloadingPayloadCodec}.
 */
public interface PayloadStore {

	/**
	 * Stores a document. It is called within the transaction that stores the row, so what
	 * is stored must be there when this returns. The same document may be written twice.
	 * @param runId the run it belongs to: 1 to 36 ASCII letters, digits and
	 * {@code . _ : @ -}, but not {@code .} or {@code ..}; those of runs that were
	 * imported may differ in the case of a letter only
	 * @param name its name, of at most 100 lower-case letters, digits, {@code -} and
	 * {@code _}; unique within the run, and always the same for the same content
	 * @param document the document
	 */
	void write(String runId, String name, String document);

	/**
	 * Reads a document.
	 * @param runId the run it belongs to
	 * @param name its name
	 * @return the document, or {@code null} if there is none
	 */
	@Nullable String read(String runId, String name);

}
