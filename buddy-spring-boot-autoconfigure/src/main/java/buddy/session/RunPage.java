package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One page of a list: how many items, and after which one.
 *
 * <p>
 * Pages are keyset pages: what is added or removed meanwhile neither repeats nor hides an
 * item.
 *
 * @param limit how many at the most, 1 to {@value #MAX_LIMIT}
 * @param after the cursor that the page before gave, or {@code null} for the first page
 */
public record RunPage(int limit, @Nullable Cursor after) {

	/** The most items on one page. */
	public static final int MAX_LIMIT = 1000;

	/**
	 * Checks the limit.
	 */
	public RunPage {
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new IllegalArgumentException("'limit' must be 1 to " + MAX_LIMIT + ", not " + limit);
		}
	}

	/**
	 * Returns the first page.
	 * @param limit how many at the most
	 * @return the page
	 */
	public static RunPage first(int limit) {
		return new RunPage(limit, null);
	}

	/**
	 * Returns the page after a cursor.
	 * @param cursor where the page before ended
	 * @return the page
	 */
	public RunPage after(Cursor cursor) {
		return new RunPage(this.limit, cursor);
	}

	/**
	 * The place of an item in a list that is ordered by time and id, newest first.
	 *
	 * @param at the item's time
	 * @param id the item's id
	 */
	public record Cursor(Instant at, String id) {

		/**
		 * Reads a cursor from its text.
		 * @param text what {@link #toString()} gave
		 * @return the cursor
		 * @throws IllegalArgumentException if it is no cursor
		 */
		public static Cursor parse(String text) {
			int separator = text.indexOf('_');
			try {
				return new Cursor(Instant.ofEpochMilli(Long.parseLong(text.substring(0, Math.max(separator, 0)))),
						text.substring(separator + 1));
			}
			catch (NumberFormatException ex) {
				throw new IllegalArgumentException("'after' must be a cursor that a page before gave", ex);
			}
		}

		@Override
		public String toString() {
			return this.at.toEpochMilli() + "_" + this.id;
		}

	}

}
