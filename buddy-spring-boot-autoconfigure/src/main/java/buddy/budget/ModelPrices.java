package buddy.budget;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the models cost.
 */
public final class ModelPrices {

	/** The date at the end of the name of a model, such as -2026-08-07 or @20260807. */
	private static final Pattern DATE = Pattern.compile("[-@:]\\d{4}-?\\d{2}-?\\d{2}$");

	private final Map<String, ModelPrice> prices;

	/**
	 * Creates the prices.
	 * @param prices the prices by the names of the models
	 */
	public ModelPrices(Map<String, ModelPrice> prices) {
		this.prices = Map.copyOf(prices);
	}

	/**
	 * Returns what a call of a model costs.
	 * @param model the name of the model as it names itself, or {@code null}; a date at
	 * its end may be missing in the prices
	 * @param inputTokens the number of tokens that went to it
	 * @param outputTokens the number of tokens that came back
	 * @return billionths of the currency's unit, or empty if the model has no price
	 */
	public OptionalLong cost(@Nullable String model, long inputTokens, long outputTokens) {
		if (model == null) {
			return OptionalLong.empty();
		}
		ModelPrice price = this.prices.get(model);
		if (price == null) {
			price = this.prices.get(DATE.matcher(model).replaceFirst(""));
		}
		if (price == null) {
			return OptionalLong.empty();
		}
		BigDecimal cost = price.input()
			.multiply(BigDecimal.valueOf(inputTokens))
			.add(price.output().multiply(BigDecimal.valueOf(outputTokens)));
		return OptionalLong.of(cost.movePointRight(3).setScale(0, RoundingMode.HALF_UP).longValueExact());
	}

}
