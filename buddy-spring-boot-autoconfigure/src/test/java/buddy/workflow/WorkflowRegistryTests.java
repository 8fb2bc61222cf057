package buddy.workflow;

import java.io.IOException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

class WorkflowRegistryTests {

	private final Recorded recorded = new Recorded();

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(
			Map.of("typed", WorkflowSettings.builder().name("Renamed").description("From outside.").build(), "absent",
					WorkflowSettings.defaults()));

	private final WorkflowRegistry registry = new DefaultWorkflowRegistry(this.workflows);

	@BeforeEach
	void register() {
		Typed typed = new Typed();
		this.workflows.prepare(typed);
		this.workflows.register("typed", this.recorded.proxy(typed));
	}

	@Test
	void runIsCalledByNameWithInputAsJson() throws Throwable {
		Object result = this.registry.run("typed", Map.of("sessionId", "s", "count", 2, "city", Map.of("name", "Oslo"),
				"tags", List.of("a"), "size", "LARGE"));
		assertThat(result).isEqualTo("2 City[name=Oslo] [a] LARGE");
		assertThat(this.recorded.onlyRun("s").input())
			.isEqualTo(Map.of("count", 2, "city", Map.of("name", "Oslo"), "tags", List.of("a"), "size", "LARGE"));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void whatIsMissingIsNullIfItMayBe() throws Throwable {
		assertThat(this.registry.run("typed", Map.of("sessionId", "s", "count", 1))).isEqualTo("1 null null null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.run("typed", Map.of("sessionId", "s")))
			.withMessageContaining("'count'")
			.withMessageContaining("typed")
			.withMessageContaining("int");
		this.workflows.register("demanding", this.recorded.proxy(new Demanding()));
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.run("demanding", Map.of()))
			.withMessageContaining("'topic'");
	}

	@Test
	void wrongInputIsRefusedByNameAndNothingIsRecorded() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.run("typed", Map.of("sessionId", "s", "count", "many")))
			.withMessageContaining("'count'")
			.withMessageContaining("typed");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.run("typed", Map.of("sessionId", "s", "count", 1, "size", "HUGE")))
			.withMessageContaining("'size'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.run("typed", Map.of("sessionId", "s", "count", 1, "city", "Oslo")))
			.withMessageContaining("'city'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.run("typed", Map.of("count", 1, "colour", "red")))
			.withMessageContaining("colour")
			.withMessageContaining("count");
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.run("nothing", Map.of()))
			.withMessageContaining("'nothing'")
			.withMessageContaining("typed");
		assertThat(this.recorded.repository.find("s")).isEmpty();
	}

	@Test
	void bodysExceptionIsTheSame() {
		this.workflows.register("failing", this.recorded.proxy(new Failing()));
		assertThatThrownBy(() -> this.registry.run("failing", Map.of())).isSameAs(Failing.FAILURE);
	}

	@Test
	void whatIsNoDataIsRecordedAsOmittedAndCannotBeGiven() {
		Secretive secretive = this.recorded.proxy(new Secretive());
		assertThat(secretive.run("s", "t", "pass", (text) -> {
		}, () -> "me", null)).isEqualTo("t");
		assertThat(this.recorded.onlyRun("s").input()).containsOnlyKeys("topic", "password", "callback", "principal",
				"nothing");
		assertThat(this.recorded.onlyRun("s").input()).containsEntry("topic", "t")
			.containsEntry("nothing", "(not recorded: null)");
		assertThat(this.recorded.onlyRun("s").input().get("password")).isEqualTo("(not recorded: String)");
		assertThat(this.recorded.onlyRun("s").input().toString()).doesNotContain("pass,").doesNotContain("=pass");
		this.workflows.register("secretive", secretive);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.registry.run("secretive", Map.of("topic", "t", "password", "x")))
			.withMessageContaining("password");
	}

	@Test
	void scopeWinsOverTheIdsInTheInput() throws Throwable {
		Object result = WorkflowScope.session("scope")
			.call(() -> this.registry.run("typed", Map.of("sessionId", "input", "count", 1)));
		assertThat(result).isEqualTo("1 null null null");
		assertThat(this.recorded.onlyRun("scope")).isNotNull();
	}

	@Test
	void descriptorTellsTheInput() {
		WorkflowDescriptor typed = this.registry.find("typed").orElseThrow();
		assertThat(typed.name()).isEqualTo("Renamed");
		assertThat(typed.description()).isEqualTo("From outside.");
		assertThat(typed.workflowClass()).isEqualTo(Typed.class);
		assertThat(typed.returnType()).isEqualTo(String.class);
		assertThat(typed.parameters()).extracting(InputParameter::name, InputParameter::kind)
			.containsExactly(tuple("sessionId", Kind.SESSION_ID), tuple("count", Kind.DATA), tuple("city", Kind.DATA),
					tuple("tags", Kind.DATA), tuple("size", Kind.DATA));
		assertThat(this.registry.workflows()).extracting(WorkflowDescriptor::workflowId).containsExactly("typed");
		assertThat(this.registry.find("nothing")).isEmpty();
		assertThat(this.workflows.unusedOverrides()).containsExactly("absent");
	}

	@Test
	void secondBeanWithTheSameIdIsRefusedNamingBoth() {
		Typed other = this.recorded.proxy(new Typed());
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> this.workflows.register("other", other))
			.withMessageContaining("'other'")
			.withMessageContaining("'typed'")
			.withMessageContaining("workflowId");
		this.workflows.register("typed", other);
	}

	@Test
	void settingsOfBothSidesAreCombined() {
		WorkflowSettings code = WorkflowSettings.builder()
			.name("code")
			.description("code")
			.sessionState(Map.of("a", 1))
			.debugMode(true)
			.build();
		WorkflowSettings combined = code
			.overriddenBy(WorkflowSettings.builder().description("outside").debugMode(false).build());
		assertThat(combined.name()).isEqualTo("code");
		assertThat(combined.description()).isEqualTo("outside");
		assertThat(combined.sessionState()).isEqualTo(Map.of("a", 1));
		assertThat(combined.debugMode()).isFalse();
	}

	record City(String name) {
	}

	enum Size {

		SMALL, LARGE

	}

	static class Typed extends Workflow {

		String run(@SessionId String sessionId, int count, @Nullable City city, @Nullable List<String> tags,
				@Nullable Size size) {
			return count + " " + city + " " + tags + " " + size;
		}

	}

	static class Demanding extends Workflow {

		String run(String topic) {
			return topic;
		}

	}

	static class Failing extends Workflow {

		static final IOException FAILURE = new IOException("boom");

		void run() throws IOException {
			throw FAILURE;
		}

	}

	static class Secretive extends Workflow {

		String run(@SessionId String sessionId, String topic, @NotRecorded String password, Consumer<String> callback,
				Principal principal, @NotRecorded Object nothing) {
			return topic;
		}

	}

}
