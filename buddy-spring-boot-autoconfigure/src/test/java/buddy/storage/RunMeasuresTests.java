package buddy.storage;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RunMeasuresTests {

	private static final RunMeasures NONE = new RunMeasures(null, null, null);

	@Test
	void errorTypeIsThatOfTheExceptionOrElseTheReason() {
		assertThat(RunMeasures.of(null, "{\"type\":\"X\",\"reason\":\"timeout\"}").errorType()).isEqualTo("X");
		assertThat(RunMeasures.of(null, "{\"message\":\"m\",\"reason\":\"timeout\"}").errorType()).isEqualTo("timeout");
		assertThat(RunMeasures.of(null, "{\"type\":\"" + "x".repeat(300) + "\"}").errorType()).hasSize(255);
	}

	@Test
	void tokensOfAllModelCallsAreAdded() {
		String response = "{\"content\":\"input_tokens\",\"metrics\":{\"input_tokens\":[1,null,\"x\",2],\"other\":3}}";
		assertThat(RunMeasures.of(response, null)).isEqualTo(new RunMeasures(null, 3L, null));
	}

	@Test
	void whatHasOtherFormsHasNoMeasures() {
		assertThat(RunMeasures.of(null, null)).isEqualTo(NONE);
		assertThat(RunMeasures.of("{\"content\":\"input_tokens\"}", "{}")).isEqualTo(NONE);
		assertThat(RunMeasures.of("{\"metrics\":[\"input_tokens\"]}", "{\"type\":[1]}")).isEqualTo(NONE);
		assertThat(RunMeasures.of("{\"metrics\":{\"input_tokens\":", "\"text\"")).isEqualTo(NONE);
	}

}
