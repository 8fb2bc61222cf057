package buddy.event;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventPositionTests {

	@Test
	void textIsReadBack() {
		for (EventPosition position : List.of(EventPosition.START, new EventPosition(3, 17),
				new EventPosition(Integer.MAX_VALUE, Long.MAX_VALUE))) {
			assertThat(EventPosition.parse(position.toString())).isEqualTo(position);
		}
		assertThat(new EventPosition(1, 2)).hasToString("1-2");
	}

	@Test
	void orderIsByEpochThenSequence() {
		assertThat(
				List.of(new EventPosition(0, 10), new EventPosition(0, 9), new EventPosition(1, 1)).stream().sorted())
			.containsExactly(new EventPosition(0, 9), new EventPosition(0, 10), new EventPosition(1, 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "-", "1-", "-1", "1--1", "a-b", "0-1 ", "+0-1", "0x1-1", "99999999999-1",
			"0-99999999999999999999", "0-1\r\ndata:x", "٠-١", "00000000000000000000000000000-1" })
	void anythingElseIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EventPosition.parse(text))
			.withMessageContaining("is not a position of an event")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n", "\r"));
	}

	@Test
	void negativeNumbersAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new EventPosition(-1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new EventPosition(0, -1));
	}

}
