package buddy.budget;

import java.math.BigDecimal;

/**
 * What a model costs.
 *
 * @param input the price of a million tokens that go to the model
 * @param output the price of a million tokens that come back
 */
public record ModelPrice(BigDecimal input, BigDecimal output) {

	/**
	 * Checks the values.
	 */
	public ModelPrice {
		if (input.signum() < 0 || output.signum() < 0) {
			throw new IllegalArgumentException("A price must not be negative, not " + input + " and " + output);
		}
	}

}
