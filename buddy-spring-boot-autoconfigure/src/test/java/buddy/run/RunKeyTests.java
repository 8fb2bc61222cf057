package buddy.run;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class RunKeyTests {

	@Test
	void everyIdStandsWhereItIsNamed() {
		RunKey key = RunKey.builder().userId("u").sessionId("s").workflowId("w").runId("r").build();
		assertThat(key).isEqualTo(new RunKey("r", "w", "s", "u"));
		EventHeader header = EventHeader.NONE.stamped(key, Instant.ofEpochSecond(1));
		assertThat(header.runId()).isEqualTo("r");
		assertThat(header.workflowId()).isEqualTo("w");
		assertThat(header.sessionId()).isEqualTo("s");
		RunStart start = new RunStart(key, "p", "{}", 0, null);
		assertThat(start.runId()).isEqualTo("r");
		assertThat(start.workflowId()).isEqualTo("w");
		assertThat(start.sessionId()).isEqualTo("s");
		assertThat(start.userId()).isEqualTo("u");
	}

	@Test
	void onlyTheUserMayBeMissing() {
		RunKey.Builder key = RunKey.builder();
		assertThatNullPointerException().isThrownBy(key::build).withMessage("'runId' must not be null");
		key.runId("r");
		assertThatNullPointerException().isThrownBy(key::build).withMessage("'workflowId' must not be null");
		key.workflowId("w");
		assertThatNullPointerException().isThrownBy(key::build).withMessage("'sessionId' must not be null");
		assertThat(key.sessionId("s").build().userId()).isNull();
	}

}
