package buddy.budget;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * What a budget limits.
 */
public enum BudgetResource {

	/** Tokens that went to models and came back. */
	TOKENS(0),

	/** Money, by the prices of the models. */
	COST(9),

	/** Time in which runs are executed, in seconds. */
	TIME(3);

	private final int scale;

	BudgetResource(int scale) {
		this.scale = scale;
	}

	/**
	 * Returns the name in JSON and in properties.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Picks this one out of stored amounts.
	 * @param amounts the amounts
	 * @return the amount in the unit in which it is stored
	 */
	long of(BudgetAmounts amounts) {
		return switch (this) {
			case TOKENS -> amounts.tokens();
			case COST -> amounts.cost();
			case TIME -> amounts.time();
		};
	}

	/**
	 * Returns a stored amount as it is shown.
	 * @param units the amount in the unit in which it is stored
	 * @return tokens, units of the currency, or seconds
	 */
	BigDecimal shown(long units) {
		BigDecimal value = BigDecimal.valueOf(units, this.scale).stripTrailingZeros();
		return (value.scale() < 0) ? value.setScale(0) : value;
	}

	/**
	 * Returns an amount as it is stored.
	 * @param value tokens, units of the currency, or seconds
	 * @return the amount in the unit in which it is stored
	 * @throws ArithmeticException if it is too large or has too many decimals
	 */
	long stored(BigDecimal value) {
		return value.movePointRight(this.scale).longValueExact();
	}

}
