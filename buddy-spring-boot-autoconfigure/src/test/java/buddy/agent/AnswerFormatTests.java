package buddy.agent;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;

import buddy.agent.AgentTests.City;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AnswerFormatTests {

	private static final String TOKYO = "{\"name\":\"Tokyo\",\"population\":1}";

	private final AnswerFormat city = AnswerFormat.of(City.class);

	@ParameterizedTest
	@ValueSource(strings = { TOKYO, "Here it is:\n" + TOKYO, "Here it is [1]: " + TOKYO + " Anything else?",
			"```json\n" + TOKYO + "\n```\nI hope that helps.", "Sure!\n```\n" + TOKYO + "\n```\nBye {name}.",
			"<think>Maybe {\"name\":\"Kyoto\",\"population\":2}?</think>" + TOKYO,
			"Maybe {\"name\":\"Kyoto\",\"population\":2}?\n</think>\n" + TOKYO,
			"hm { so\n</think>\n\nThe answer: " + TOKYO + ".", TOKYO + "\nAgain: " + TOKYO })
	void oneValueIsReadWhateverIsAroundIt(String answer) {
		assertThat(this.city.read("a", answer, "stop")).isEqualTo(new City("Tokyo", 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { TOKYO + "{\"name\":\"Kyoto\",\"population\":2}",
			"Either " + TOKYO + " or {\"name\":\"Kyoto\",\"population\":2}" })
	void twoValuesAreRefused(String answer) {
		assertThatExceptionOfType(AgentAnswerException.class).isThrownBy(() -> this.city.read("a", answer, "stop"))
			.withMessageContaining("it holds 2 different JSON values");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nothing", "{\"city\":{\"name\":\"Tokyo\",\"population\":1}, and",
			"{\"inner\":{\"name\":\"Tokyo\",\"population\":1},", TOKYO + "</think>", "null" })
	void partOfAValueOrNoneIsRefused(String answer) {
		assertThatExceptionOfType(AgentAnswerException.class).isThrownBy(() -> this.city.read("a", answer, null));
	}

	@Test
	void otherTypesThanObjectsAreRead() {
		AnswerFormat cities = AnswerFormat.of(new ParameterizedTypeReference<List<City>>() {
		});
		assertThat(cities.read("a", "Both: [" + TOKYO + "]!", "stop")).isEqualTo(List.of(new City("Tokyo", 1)));
		AnswerFormat number = AnswerFormat.of(Integer.class);
		assertThat(number.read("a", "let me see</think> 42", "stop")).isEqualTo(42);
		assertThat(number.read("a", "```json\n42\n```\nThat is it.", "stop")).isEqualTo(42);
	}

}
