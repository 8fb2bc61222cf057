package buddy.session;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A page of a list, with the cursor for the next one.
 *
 * @param items the items
 * @param next the cursor for the next page, or {@code null} if this is the last
 * @param <T> the type of the items
 */
public record Page<T>(List<T> items, RunPage.@Nullable Cursor next) {

	/**
	 * Copies the items.
	 */
	public Page {
		items = List.copyOf(items);
	}

}
