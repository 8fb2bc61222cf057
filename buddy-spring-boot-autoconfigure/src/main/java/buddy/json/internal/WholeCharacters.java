package buddy.json.internal;

/**
 * Keeps characters whole that are split over two pieces of a text: the first half of a
 * surrogate pair waits for the piece that brings the second.
 */
public final class WholeCharacters {

	private char waiting;

	/**
	 * Takes the next piece.
	 * @param piece the piece
	 * @return what can be told by now; empty if that is nothing
	 */
	public synchronized String take(CharSequence piece) {
		int length = piece.length();
		boolean split = length > 0 && Character.isHighSurrogate(piece.charAt(length - 1));
		if (this.waiting == 0 && !split) {
			return piece.toString();
		}
		StringBuilder whole = new StringBuilder();
		if (this.waiting != 0 && length > 0) {
			whole.append(this.waiting);
			this.waiting = 0;
		}
		whole.append(piece, 0, split ? length - 1 : length);
		if (split) {
			this.waiting = piece.charAt(length - 1);
		}
		return whole.toString();
	}

}
