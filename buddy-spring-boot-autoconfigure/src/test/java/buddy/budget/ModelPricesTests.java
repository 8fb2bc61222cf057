package buddy.budget;

import java.math.BigDecimal;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What calls of models cost.
 */
class ModelPricesTests {

	private final ModelPrices prices = new ModelPrices(
			Map.of("gpt-5-mini", new ModelPrice(new BigDecimal("0.25"), new BigDecimal("2")), "local:latest",
					new ModelPrice(BigDecimal.ZERO, BigDecimal.ZERO), "tiny",
					new ModelPrice(new BigDecimal("0.0375"), new BigDecimal("0.0001"))));

	@Test
	void costIsCountedInBillionths() {
		assertThat(this.prices.cost("gpt-5-mini", 1_000_000, 0)).hasValue(250_000_000);
		assertThat(this.prices.cost("gpt-5-mini", 3, 1)).hasValue(3 * 250 + 2000);
		assertThat(this.prices.cost("tiny", 1, 1)).hasValue(38);
		assertThat(this.prices.cost("local:latest", 100, 100)).hasValue(0);
	}

	@Test
	void dateOfAModelMayBeMissingInThePrices() {
		assertThat(this.prices.cost("gpt-5-mini-2026-08-07", 1, 0)).hasValue(250);
		assertThat(this.prices.cost("gpt-5-mini-20260807", 1, 0)).hasValue(250);
		assertThat(this.prices.cost("gpt-5-mini@20260807", 1, 0)).hasValue(250);
		assertThat(this.prices.cost("gpt-5-mini-high", 1, 0)).isEmpty();
		assertThat(this.prices.cost("gpt-5", 1, 0)).isEmpty();
		assertThat(this.prices.cost(null, 1, 0)).isEmpty();
	}

}
