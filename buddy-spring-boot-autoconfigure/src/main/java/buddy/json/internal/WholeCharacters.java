package buddy.json.internal;

/**
 * Joins surrogate pairs that are split over two pieces of a text: the first half is held
 * back until the next piece.
 */
public final class WholeCharacters {

	private char waiting;

	/**
	 * Adds the next piece.
	 * @param piece the piece
	 * @return the text that is complete so far; may be empty
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
