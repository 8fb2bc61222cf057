package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.json.UnstorableValueException;
import buddy.json.internal.StorableJson;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.SessionState;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.workflow.internal.record.StreamContent;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is too large: input and state are refused, a result never.
 */
class SizeLimitTests {

	private static final int LIMIT = 2000;

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.limits(new SizeLimits(LIMIT, LIMIT, LIMIT))
		.build();

	private Function<Free, Object> body = (workflow) -> "";

	private final Free free = Workflows.proxy(new Free(), this.runner);

	private final Streaming streaming = Workflows.proxy(new Streaming(), this.runner);

	@Test
	void inputThatIsTooLargeIsRefusedBeforeAnythingIsWritten() {
		// a letter of two bytes each
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> this.free.run("s", "ä".repeat(1000)))
			.withMessageContaining("free")
			.withMessageContaining("2011 bytes")
			.withMessageContaining("2000")
			.withMessageContaining("buddy.runs.max-input-size");
		assertThat(this.store.find("s")).isEmpty();
		this.free.run("s", "x".repeat(1900));
		assertThat(this.store.find("s")).isPresent();
	}

	@Test
	void textThatIsTooLargeReachesItsCallerWholeAndIsRecordedCut() {
		String text = "\"é😀\n".repeat(1000);
		this.body = (workflow) -> text;
		assertThat(this.free.run("s", "")).isEqualTo(text);
		StoredRun run = run("s");
		assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(StorableJson.size(run.response())).isLessThanOrEqualTo(LIMIT).isGreaterThan(LIMIT / 2);
		assertThat(run.response()).contains("content_note", "cut", "buddy.runs.max-content-size");
		assertThat(text).startsWith(run.toWorkflowRun().response().contentAsString());
	}

	@Test
	void valueThatIsTooLargeIsOmittedAndItsCallerGetsIt() {
		List<Integer> value = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			value.add(i);
		}
		this.body = (workflow) -> value;
		assertThat(this.free.run("s", "")).isSameAs(value);
		assertThat(run("s").response()).contains("omitted").hasSizeLessThan(LIMIT);
		assertThat(run("s").toWorkflowRun().response().content()).isNull();
	}

	@Test
	void messagesThatAreTooLargeLeaveTheContentItsRoom() {
		this.body = (workflow) -> RunResponse.builder()
			.content("the answer")
			.messages(List.of(Message.of("user", "x".repeat(5000))))
			.build();
		assertThat(((RunResponse) this.free.run("s", "")).messages()).hasSize(1);
		RunResponse recorded = run("s").toWorkflowRun().response();
		assertThat(recorded.content()).isEqualTo("the answer");
		assertThat(recorded.messages()).isEmpty();
		assertThat(run("s").response()).contains("only the content").hasSizeLessThan(LIMIT);
	}

	@Test
	void streamedTextStopsGrowingAtTheLimit() {
		StreamContent content = new StreamContent(100);
		for (int i = 0; i < 1000; i++) {
			content.take("0123456789");
		}
		assertThat((String) content.content()).hasSize(101);
		try (Stream<String> pieces = this.streaming.run("s", 1000)) {
			assertThat(pieces).hasSize(1000);
		}
		assertThat(run("s").response()).contains("cut").hasSizeLessThanOrEqualTo(LIMIT);
		assertThat(run("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void streamedValuesStopGrowingAtTheLimit() {
		StreamContent content = new StreamContent(100);
		for (int i = 0; i < 50; i++) {
			content.take(Map.of("number", i));
		}
		assertThat((List<?>) content.content()).hasSize(7);
		assertThat(content.leftOut()).containsEntry("dropped_items", 43L);
	}

	@Test
	void stateThatIsTooLargeIsRefusedWhereItIsPutAndStaysAsItWas() {
		SessionState state = SessionState.open("{\"a\":1}", Map.of(), Map.of(), 100);
		state.put("b", "x".repeat(60));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> state.put("c", "x".repeat(60)))
			.withMessageContaining("'c'")
			.withMessageContaining("buddy.runs.max-state-size");
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> state.put("b", "x".repeat(100)));
		state.append("list", "y");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.append("list", "y".repeat(60)));
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.replaceWith(Map.of("z", "z".repeat(100))));
		assertThat(state).isEqualTo(Map.of("a", 1, "b", "x".repeat(60), "list", List.of("y")));
		for (int i = 0; i < 10; i++) {
			state.put("b", "x".repeat(60)); // what is replaced does not count
		}
		state.replaceWith(Map.of("z", "z".repeat(80)));
		assertThat(state.changed()).hasSize(88);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void runThatMakesTheStateTooLargeFailsAndTheSessionStaysAsItWas(boolean inPlace) {
		this.body = (workflow) -> {
			workflow.state().put("kept", new ArrayList<>());
			return "";
		};
		this.free.run("s", "");
		this.body = (workflow) -> {
			if (inPlace) {
				((List<Object>) workflow.state().get("kept")).add("x".repeat(LIMIT));
			}
			else {
				workflow.state().put("large", "x".repeat(LIMIT));
			}
			return "done";
		};
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> this.free.run("s", ""))
			.withMessageContaining("session state")
			.withMessageContaining("buddy.runs.max-state-size");
		assertThat(run("s").status()).isEqualTo(RunStatus.ERROR);
		assertThat(run("s").error()).contains("buddy.runs.max-state-size");
		assertThat(this.store.find("s").orElseThrow().state()).isEqualTo("{\"kept\":[]}");
	}

	@Test
	void scopesStateThatIsTooLargeIsRefusedBeforeAnythingIsWritten() {
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> WorkflowScope.session("s")
				.sessionState(Map.of("large", "x".repeat(LIMIT)))
				.call(() -> this.free.run("s", "")))
			.withMessageContaining("scope");
		assertThat(this.store.find("s")).isEmpty();
	}

	@Test
	void zeroIsNoLimitAndLessIsRefused() {
		Free unlimited = Workflows.proxy(new Free(),
				WorkflowRunner.over(() -> this.store).limits(new SizeLimits(0, 0, 0)).build());
		String text = "x".repeat(9 << 20);
		this.body = (workflow) -> {
			workflow.state().put("text", text);
			return text;
		};
		unlimited.run("s", text);
		assertThat(run("s").response()).hasSizeGreaterThan(text.length());
		assertThatIllegalArgumentException().isThrownBy(() -> new SizeLimits(-1, 0, 0)).withMessageContaining("input");
		assertThat(SizeLimits.DEFAULT.input()).isEqualTo(8L * 1024 * 1024);
	}

	private StoredRun run(String sessionId) {
		return this.store.runs(sessionId, buddy.session.RunPage.first(1)).get(0);
	}

	class Free extends Workflow {

		Object run(@SessionId String sessionId, String text) {
			return SizeLimitTests.this.body.apply(this);
		}

		SessionState state() {
			return sessionState();
		}

	}

	static class Streaming extends Workflow {

		Stream<String> run(@SessionId String sessionId, int pieces) {
			return Stream.generate(() -> "0123456789").limit(pieces);
		}

	}

}
