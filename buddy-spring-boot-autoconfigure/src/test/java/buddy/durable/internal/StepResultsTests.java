package buddy.durable.internal;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.json.UnstorableValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StepResultsTests {

	private final StepResults plain = new StepResults(null, 0);

	private final StepResults text = new StepResults(String.class, 0);

	@ParameterizedTest
	@ValueSource(
			strings = { "", " ", "a\nb\t\"c\" \\ /", "\u0001\u007f\u2028", "Grüße, 你好", "\ud83d\ude00", "null", "17" })
	void textIsReadBackAsItWas(String result) {
		assertThat(this.plain.read(this.plain.write("s", result).json())).isEqualTo(result);
		assertThat(this.text.read(this.text.write("s", result).json())).isEqualTo(result);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\0", "a\0b", "\ud83d", "\ude00x" })
	void textThatNotEveryDatabaseCanStoreIsRefused(String result) {
		for (StepResults results : List.of(this.plain, this.text)) {
			assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> results.write("s", result))
				.withMessageContaining("The result of step 's'");
		}
	}

	@Test
	void textThatIsTooLongIsRefused() {
		StepResults small = new StepResults(null, 10);
		assertThat(small.write("s", "12345678").json()).isEqualTo("\"12345678\"");
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> small.write("s", "123456789"))
			.withMessageContaining("buddy.durable.max-result-size");
	}

	@Test
	void resultOfAnotherTypeIsReadAsTextIfTheCodeNowWantsText() {
		assertThat(this.text.read(new StepResults(Integer.class, 0).write("s", 5).json())).isEqualTo("5");
	}

	@Test
	void otherResultsAreReadBackAsWhatTheyWere() {
		Map<String, Object> map = Map.of("a", List.of(1, 2.5, true, "x"));
		assertThat(this.plain.read(this.plain.write("s", map).json())).isEqualTo(map);
		StepResults amounts = new StepResults(Amount.class, 0);
		Amount amount = new Amount(new BigDecimal("10.50"), "EUR");
		assertThat(amounts.read(amounts.write("s", amount).json())).isEqualTo(amount);
	}

	@Test
	void resultThatWouldComeBackAsSomethingElseIsRefused() {
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> new StepResults(Forgetful.class, 0).write("s", new Forgetful(3)))
			.withMessageContaining("would come back as another");
	}

	record Amount(BigDecimal value, String currency) {
	}

	static class Forgetful {

		private int kept;

		Forgetful() {
		}

		Forgetful(int kept) {
			this.kept = kept;
		}

		public int getValue() {
			return this.kept;
		}

	}

}
