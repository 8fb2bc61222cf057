package buddy.storage.codec;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a stored payload cannot be decoded.
 */
public class PayloadUnreadableException extends RuntimeException {

	/**
	 * Creates an exception.
	 * @param payload the payload
	 * @param reason why it cannot be decoded and what to do, as a sentence without the
	 * full stop
	 * @param cause the cause, or {@code null}
	 */
	public PayloadUnreadableException(Payload payload, String reason, @Nullable Throwable cause) {
		super("The " + payload.description() + " cannot be read: " + reason, cause);
	}

}
