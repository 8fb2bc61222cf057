package buddy.session;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A change of one key that can be done again on another value.
 */
sealed interface StateDelta {

	/**
	 * Does the change.
	 * @throws IllegalArgumentException if the value is of another kind
	 */
	Object apply(String key, @Nullable Object value);

	/** Tells whether the change can be done to a value. */
	boolean fits(@Nullable Object value);

	record Increment(Number by) implements StateDelta {

		@Override
		public Number apply(String key, @Nullable Object value) {
			if (!fits(value)) {
				throw new IllegalArgumentException("The session state '" + key
						+ "' is no number, so it cannot be incremented; put a number first");
			}
			Number now = (value != null) ? (Number) value : Integer.valueOf(0);
			if (isFraction(now) || isFraction(this.by)) {
				return now.doubleValue() + this.by.doubleValue();
			}
			return Math.addExact(now.longValue(), this.by.longValue());
		}

		@Override
		public boolean fits(@Nullable Object value) {
			return value == null || value instanceof Number;
		}

		private static boolean isFraction(Number number) {
			return !(number instanceof Long || number instanceof Integer);
		}

	}

	record Append(@Nullable Object item) implements StateDelta {

		@Override
		public List<@Nullable Object> apply(String key, @Nullable Object value) {
			if (!fits(value)) {
				throw new IllegalArgumentException(
						"The session state '" + key + "' is no list, so nothing can be appended; put a list first");
			}
			List<@Nullable Object> list = new ArrayList<>();
			if (value instanceof List<?> items) {
				list.addAll(items);
			}
			list.add(this.item);
			return list;
		}

		@Override
		public boolean fits(@Nullable Object value) {
			return value == null || value instanceof List;
		}

	}

}
