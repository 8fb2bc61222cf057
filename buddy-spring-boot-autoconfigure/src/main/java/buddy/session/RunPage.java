package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A request for one page of a list.
 *
 * <p>
 * Pages are keyset pages: items that are added or removed between requests cause no
 * repeated or missing items.
 *
 * @param limit the maximum number of items, 1 to {@value #MAX_LIMIT}
 * @param after the cursor from the previous page, or {@code null} for the first page
 */
public record RunPage(int limit, @Nullable Cursor after) {

	/** The maximum number of items on a page. */
	public static final int MAX_LIMIT = 1000;

	/**
	 * Validates the limit.
	 */
	public RunPage {
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new IllegalArgumentException("'limit' must be 1 to " + MAX_LIMIT + ", not " + limit);
		}
	}

	/**
	 * Returns the first page.
	 * @param limit the maximum number of items
	 * @return the page
	 */
	public static RunPage first(int limit) {
		return new RunPage(limit, null);
	}

	/**
	 * Returns the page after a cursor.
	 * @param cursor the cursor from the previous page
	 * @return the page
	 */
	public RunPage after(Cursor cursor) {
		return new RunPage(this.limit, cursor);
	}

	/**
	 * The position of an item in a list that is ordered by time and id, newest first.
	 *
	 * @param at the item's time
	 * @param id the item's id
	 */
	public record Cursor(Instant at, String id) {

		/**
		 * Reads a cursor from its text.
		 * @param text the result of {@link #toString()}
		 * @return the cursor
		 * @throws IllegalArgumentException if it is not a cursor
		 */
		public static Cursor parse(String text) {
			int separator = text.indexOf('_');
			try {
				return new Cursor(Instant.ofEpochMilli(Long.parseLong(text.substring(0, Math.max(separator, 0)))),
						text.substring(separator + 1));
			}
			catch (NumberFormatException ex) {
				throw new IllegalArgumentException("'after' must be the cursor of a previous page", ex);
			}
		}

		@Override
		public String toString() {
			return this.at.toEpochMilli() + "_" + this.id;
		}

	}

}
