package buddy.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A change to one key that can be replayed on another value.
 */
sealed interface StateDelta {

	/**
	 * Applies the change.
	 * @throws IllegalArgumentException if the value has the wrong type
	 */
	Object apply(String key, @Nullable Object value);

	/** Returns whether the change can be applied to a value. */
	boolean fits(@Nullable Object value);

	record Increment(Number by) implements StateDelta {

		private static final BigDecimal MIN = BigDecimal.valueOf(Long.MIN_VALUE);

		private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

		@Override
		public Number apply(String key, @Nullable Object value) {
			if (!fits(value)) {
				throw new IllegalArgumentException("The session state '" + key
						+ "' is not a number, so it cannot be incremented; put a number first");
			}
			BigDecimal sum = decimal((value != null) ? (Number) value : 0).add(decimal(this.by));
			if (this.by instanceof Double && Double.isInfinite(sum.doubleValue())) {
				throw tooLarge(key, "double");
			}
			if (this.by instanceof Long && (sum.compareTo(MIN) < 0 || sum.compareTo(MAX) > 0)) {
				throw tooLarge(key, "long");
			}
			return (isWhole(value) && isWhole(this.by)) ? sum.toBigInteger() : sum;
		}

		private ArithmeticException tooLarge(String key, String type) {
			return new ArithmeticException("The session state '" + key + "' plus " + this.by + " is too large for a "
					+ type + "; increment it by a BigDecimal");
		}

		@Override
		public boolean fits(@Nullable Object value) {
			return value == null || value instanceof Number;
		}

		private static boolean isWhole(@Nullable Object number) {
			return number == null || number instanceof Long || number instanceof Integer
					|| number instanceof BigInteger;
		}

		/** Returns a number as a decimal; a double as the decimal that it prints as. */
		static BigDecimal decimal(Number number) {
			if (number instanceof BigDecimal decimal) {
				return decimal;
			}
			return isWhole(number) ? new BigDecimal(number.toString()) : BigDecimal.valueOf(number.doubleValue());
		}

	}

	record Append(@Nullable Object item) implements StateDelta {

		@Override
		public List<@Nullable Object> apply(String key, @Nullable Object value) {
			if (!fits(value)) {
				throw new IllegalArgumentException(
						"The session state '" + key + "' is not a list, so nothing can be appended; put a list first");
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
