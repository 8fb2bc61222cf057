package buddy.session;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Items of a list, and where the next ones begin.
 *
 * @param items the items
 * @param next the cursor for the next page, or {@code null} if this is the last
 * @param <T> the kind of item
 */
public record Page<T>(List<T> items, RunPage.@Nullable Cursor next) {

	/**
	 * Copies the items.
	 */
	public Page {
		items = List.copyOf(items);
	}

}
