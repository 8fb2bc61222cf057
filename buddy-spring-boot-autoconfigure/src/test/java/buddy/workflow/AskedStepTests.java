package buddy.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.durable.AnswerOutcome;
import buddy.durable.InterruptedStepAnswer;
import buddy.durable.QuestionOptions;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.durable.StepStatus;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.storage.StoredRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * A step that runs at most once, and whose process died in its body, asks a person
 * whether it has happened.
 */
@Timeout(60)
class AskedStepTests {

	private static final StepOptions ONCE = StepOptions.of(StepMode.AT_MOST_ONCE);

	private static final StepOptions ASKS = ONCE
		.askIfInterrupted(QuestionOptions.showing(Map.of("order", "A7")).assignee("ann").role("CLERK"));

	record Receipt(String number, int cents) {
	}

	private final Durable durable = new Durable();

	private final AtomicInteger calls = new AtomicInteger();

	private Receipt pay() {
		return new Receipt("r" + this.calls.incrementAndGet(), 500);
	}

	/** A run whose process died in the body of its step. */
	private String interrupted(Pays workflow) {
		this.durable.dyingBefore("pay");
		Pays pays = this.durable.proxy(workflow);
		return this.durable.interrupted(pays::run);
	}

	private String asked(StepOptions options) {
		String runId = interrupted(new Pays(options, this));
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.ERROR);
		resume(runId);
		return runId;
	}

	private void resume(String runId) {
		this.durable.runs().resume(runId);
		await().until(() -> this.durable.run(runId).status() == RunStatus.PAUSED);
	}

	@Test
	void personSaysThatItHasHappened() {
		String runId = asked(ASKS);
		assertThat(this.durable.runs().waitsOf(runId)).singleElement().satisfies((wait) -> {
			assertThat(wait.kind()).isEqualTo(RunWait.ANSWER);
			assertThat(wait.key()).isEqualTo("pay");
			assertThat(wait.shown()).isEqualTo(Map.of("order", "A7"));
			assertThat(wait.schema().toString()).contains("happened", "result", "cents");
		});
		assertThat(this.durable.runs().question(runId, "pay")).hasValueSatisfying((question) -> {
			assertThat(question.assignee()).isEqualTo("ann");
			assertThat(question.role()).isEqualTo("CLERK");
		});
		this.durable.runs().answer(runId, "pay", InterruptedStepAnswer.happened(new Receipt("r9", 7)));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("r9 7, closed");
		assertThat(this.calls).hasValue(1);
		assertThat(this.durable.steps(runId)).extracting((step) -> step.head().status()).containsOnly(StepStatus.DONE);
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "pay", Map.of("happened", false)))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.ANSWERED));
	}

	@Test
	void personSaysThatItHasNotHappened() {
		String runId = asked(ASKS);
		this.durable.runs().answer(runId, "pay", Map.of("happened", false));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("r2 500, closed");
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void answerThatDoesNotFitIsRefusedByItsPath() {
		String runId = asked(ASKS);
		requireRefused(runId, Map.of("happened", "yes"), "happened");
		requireRefused(runId, Map.of("happened", true, "result", Map.of("number", 1.5, "cents", "x")), "result.");
		requireRefused(runId, Map.of("happened", true, "result", Map.of("number", "r", "cents", 1, "tip", 2)),
				"result.tip");
		requireRefused(runId, Map.of("happened", true, "result", "r9"), "result");
		requireRefused(runId, Map.of("result", Map.of("number", "r", "cents", 1)), "happened");
		requireRefused(runId, Map.of("happened", false, "result", Map.of("number", "r", "cents", 1)), "");
		requireRefused(runId, List.of(), "");
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.calls).hasValue(1);
	}

	private void requireRefused(String runId, Object answer, String path) {
		assertThatExceptionOfType(InvalidAnswerException.class).as("%s", answer)
			.isThrownBy(() -> this.durable.runs().answer(runId, "pay", answer))
			.satisfies((ex) -> assertThat(ex.path()).startsWith(path));
	}

	@Test
	void resultThatTheStepCouldNotReturnIsRefused() {
		String runId = interrupted(new Pays(ASKS, null, this::pay));
		resume(runId);
		requireRefused(runId, Map.of("happened", true, "result", 5_000_000_000L), "");
		this.durable.runs().answer(runId, "pay", Map.of("happened", true, "result", "r9"));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("r9, closed");
	}

	@Test
	void crashAfterTheAnswerAsksAgain() {
		String runId = asked(ASKS);
		this.durable.dyingBefore("pay");
		this.durable.runs().answer(runId, "pay", InterruptedStepAnswer.notHappened());
		this.durable.markInterrupted();
		assertThat(this.calls).hasValue(2);
		resume(runId);
		assertThat(this.durable.runs().waitsOf(runId)).extracting(RunWait::key).containsExactly("pay");
		assertThat(this.calls).hasValue(2);
		this.durable.runs().answer(runId, "pay", Map.of("happened", true));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("null, closed");
	}

	@Test
	void codeThatAsksIsDeployedLater() {
		Pays pays = new Pays(ONCE, this);
		String runId = interrupted(pays);
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)));
		assertThat(this.durable.run(runId).reason()).isEqualTo(RunFailure.STEP_INTERRUPTED);
		pays.options = ASKS;
		resume(runId);
		this.durable.runs().answer(runId, "pay", Map.of("happened", false));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("r2 500, closed");
	}

	@Test
	void otherSystemIsAskedFirst() {
		String runId = asked(ASKS.reconcile(StepOutcome::unknown));
		assertThat(this.durable.runs().waitsOf(runId)).hasSize(1);
		this.durable.runs().cancel(runId);
		assertThat(this.durable.awaited(runId).status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void questionThatExpiresHasItsDefaultOrStopsTheRun() {
		QuestionOptions hour = QuestionOptions.none().expiresIn(Duration.ofHours(1));
		Pays pays = new Pays(ONCE.askIfInterrupted(hour), this);
		String runId = interrupted(pays);
		resume(runId);
		this.durable.clock.advance(Duration.ofHours(1));
		StoredRun stopped = this.durable.continued(runId);
		assertThat(stopped.status()).isEqualTo(RunStatus.ERROR);
		assertThat(stopped.reason()).isEqualTo(RunFailure.STEP_INTERRUPTED);
		assertThat(stopped.error()).contains("nobody has answered in time");
		pays.options = ONCE.askIfInterrupted(
				QuestionOptions.none().expiresIn(Duration.ofHours(1), InterruptedStepAnswer.notHappened()));
		resume(runId);
		this.durable.clock.advance(Duration.ofHours(1));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("r2 500, closed");
	}

	@Test
	void optionsThatHaveNoEffectAreRefusedBeforeTheStepIsCalled() {
		Pays anyMode = this.durable
			.proxy(new Pays(StepOptions.defaults().askIfInterrupted(QuestionOptions.none()), this));
		assertThatIllegalArgumentException().isThrownBy(anyMode::run).withMessageContaining("askIfInterrupted");
		Pays wrongDefault = this.durable
			.proxy(new Pays(ONCE.askIfInterrupted(QuestionOptions.none().expiresIn(Duration.ofHours(1), "yes")), this));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(wrongDefault::run);
		assertThat(this.calls).hasValue(0);
	}

	@Test
	void stepThatIsNotInterruptedAsksNobody() {
		assertThat(this.durable.proxy(new Pays(ASKS, this)).run()).isEqualTo("r1 500, closed");
	}

	/** Pays once. */
	static class Pays extends Workflow {

		/** Those of newer code, once it is deployed. */
		volatile StepOptions options;

		private final @Nullable Class<?> type;

		private final Supplier<Object> body;

		Pays(StepOptions options, AskedStepTests test) {
			this(options, Receipt.class, test::pay);
		}

		Pays(StepOptions options, @Nullable Class<?> type, Supplier<Object> body) {
			super(WorkflowSettings.builder().workflowId("pays").build());
			this.options = options;
			this.type = type;
			this.body = body;
		}

		public String run() {
			Function<@Nullable Object, String> text = (paid) -> (paid instanceof Receipt receipt)
					? receipt.number() + " " + receipt.cents() : String.valueOf(paid);
			Object paid = (this.type != null) ? step("pay", (Class<Object>) this.type, this.options, this.body::get)
					: step("pay", this.options, () -> String.valueOf(this.body.get()));
			return text.apply(paid) + ", " + step("close", () -> "closed");
		}

	}

}
