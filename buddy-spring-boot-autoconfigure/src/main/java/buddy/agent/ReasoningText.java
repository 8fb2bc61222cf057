package buddy.agent;

import org.springframework.ai.chat.messages.AssistantMessage;

/**
 * Assembles the reasoning of one model call from its chunks. Some models send the next
 * piece with each chunk, others all of it so far.
 *
 * <p>
 * The first chunks may be ambiguous: <code>ha</code> and <code>ha</code> are two pieces,
 * or one that is repeated. They are held back until a later chunk decides.
 */
final class ReasoningText {

	/** A chunk that begins with this many characters of the previous one repeats it. */
	private static final int CERTAIN = 16;

	private final StringBuilder emitted = new StringBuilder();

	/** The text held back while it is open whether chunks are pieces. */
	private final StringBuilder open = new StringBuilder();

	private String latest = "";

	private String source = "";

	private Kind kind = Kind.UNKNOWN;

	/**
	 * Adds a chunk.
	 * @param message the chunk
	 * @param more whether the chunk has more than reasoning: text, or the end
	 * @return the new text that is certain; may be empty
	 */
	String take(AssistantMessage message, boolean more) {
		String now = ModelResponses.reasoning(message);
		if (ModelResponses.isThought(message)) {
			this.kind = Kind.PIECES;
		}
		else if (ModelResponses.repeatsReasoning(message)) {
			this.kind = Kind.SO_FAR;
			String from = ModelResponses.id(message);
			this.latest = from.equals(this.source) ? this.latest : "";
			this.source = from;
		}
		if (now.isEmpty()) {
			return more ? rest() : "";
		}
		return emit(switch (this.kind) {
			case PIECES -> now;
			case SO_FAR -> added(now);
			case UNKNOWN -> guess(now, more);
		});
	}

	/** Returns the text that is still held back when the call is over. */
	String rest() {
		String rest = waiting();
		this.open.setLength(0);
		return emit(rest);
	}

	/** Returns all reasoning so far. */
	String whole() {
		return this.emitted + waiting();
	}

	private String waiting() {
		if (this.open.isEmpty() || this.latest.contentEquals(this.emitted)) {
			return this.open.toString();
		}
		return this.latest.substring(this.emitted.length());
	}

	private String added(String now) {
		String piece = now.startsWith(this.latest) ? now.substring(this.latest.length()) : now;
		this.latest = now;
		return piece;
	}

	private String guess(String now, boolean more) {
		if (this.latest.isEmpty()) {
			this.latest = now;
			return now;
		}
		if (!now.startsWith(this.latest)) {
			this.kind = Kind.PIECES;
			String pieces = this.open + now;
			this.open.setLength(0);
			return pieces;
		}
		boolean longer = now.length() > this.latest.length();
		this.open.append(now);
		if ((longer && this.latest.length() >= CERTAIN) || (!longer && more)) {
			this.kind = Kind.SO_FAR;
			this.open.setLength(0);
			this.latest = now;
			return now.substring(this.emitted.length());
		}
		this.latest = now;
		return "";
	}

	private String emit(String piece) {
		this.emitted.append(piece);
		return piece;
	}

	private enum Kind {

		UNKNOWN, PIECES, SO_FAR

	}

}
