package buddy.actuate;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import buddy.actuate.WorkflowsReport.LiveEntry;
import buddy.actuate.WorkflowsReport.ParameterEntry;
import buddy.actuate.WorkflowsReport.ParkedEntry;
import buddy.run.RunCancelledException;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;
import buddy.storage.RunOwners.ParkedRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BuddyWorkflowsEndpointTests {

	private static final Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC);

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store).clock(clock).build();

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private final WorkflowRegistry registry = new DefaultWorkflowRegistry(this.workflows);

	private final Asking asking = Workflows.proxy(new Asking(), this.runner);

	private @Nullable RunOwners owners;

	BuddyWorkflowsEndpointTests() {
		this.workflows.register("asking", this.asking);
	}

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void workflowsAreDescribed() {
		WorkflowsReport report = endpoint(Show.NEVER).workflows();

		assertThat(report.workflows()).singleElement().satisfies((workflow) -> {
			assertThat(workflow.workflowId()).isEqualTo("asking");
			assertThat(workflow.name()).isEqualTo("Asking");
			assertThat(workflow.description()).isEqualTo("Asks.");
			assertThat(workflow.input()).containsExactly(
					new ParameterEntry("session", "java.lang.String", "SESSION_ID"),
					new ParameterEntry("topic", "java.lang.String", "DATA"),
					new ParameterEntry("tags", "java.util.List<java.lang.String>", "DATA"),
					new ParameterEntry("body", "java.util.function.Supplier<java.lang.Object>", "NOT_RECORDED"));
			assertThat(workflow.returns()).isEqualTo("java.lang.Object");
		});
		assertThat(report.liveRuns()).isEmpty();
		assertThat(report.unfinishedRuns()).isEmpty();
	}

	@Test
	void workflowTellsTheSchemaOfTheInputThatItIsStartedWith() {
		JsonMapper mapper = JsonMapper.shared();
		JsonNode report = mapper.readTree(mapper.writeValueAsString(endpoint(Show.NEVER).workflow("asking")));

		assertThat(report.at("/workflows/0/input_schema")).isEqualTo(mapper.readTree("""
				{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
				 "properties": {"topic": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
				 "required": ["topic", "tags"], "additionalProperties": false}"""));
	}

	@Test
	void valuesOfLiveRunsAreHidden() {
		LiveEntry run = liveRun(Show.NEVER);

		assertThat(run.sessionId()).isEqualTo("s1");
		assertThat(run.workflowId()).isEqualTo("asking");
		assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
		assertThat(run.createdAt()).isEqualTo(Instant.ofEpochSecond(1_000));
		assertThat(run.ageSeconds()).isZero();
		assertThat(run.userId()).isEqualTo("******");
		assertThat(run.input()).containsEntry("topic", "******").containsEntry("tags", "******");
	}

	@Test
	void valuesAreShownWhereThatIsAllowedButForWhatTheApplicationSanitizes() {
		LiveEntry run = liveRun(Show.ALWAYS);

		assertThat(run.userId()).isEqualTo("alice");
		assertThat(run.input()).containsEntry("topic", "fusion").containsEntry("tags", "(hidden)");
	}

	@Test
	void webShowsValuesToThoseWhoAreAuthorized() {
		SecurityContext nobody = Mockito.mock(SecurityContext.class);
		SecurityContext operator = Mockito.mock(SecurityContext.class);
		BDDMockito.given(operator.getPrincipal()).willReturn(() -> "operator");
		BDDMockito.given(operator.isUserInRole("OPERATOR")).willReturn(true);
		BuddyWorkflowsEndpointWebExtension web = new BuddyWorkflowsEndpointWebExtension(endpoint(Show.WHEN_AUTHORIZED),
				Show.WHEN_AUTHORIZED, Set.of("OPERATOR"));
		within(() -> {
			assertThat(web.workflows(nobody).liveRuns().get(0).userId()).isEqualTo("******");
			assertThat(web.workflows(operator).liveRuns().get(0).userId()).isEqualTo("alice");
			assertThat(web.workflow(nobody, "asking").liveRuns().get(0).userId()).isEqualTo("******");
			assertThat(web.workflow(operator, "asking").liveRuns().get(0).userId()).isEqualTo("alice");
			return "done";
		});
	}

	@Test
	void oneWorkflowIsShownAlone() {
		this.workflows.register("other", Workflows.proxy(new Other(), this.runner));
		within(() -> {
			WorkflowsReport report = endpoint(Show.NEVER).workflow("other");
			assertThat(report.workflows()).extracting("workflowId").containsExactly("other");
			assertThat(report.liveRuns()).isEmpty();
			return "done";
		});
		assertThat(endpoint(Show.NEVER).workflow("unknown")).isNull();
	}

	@Test
	void unfinishedRunsOfTheStoreTellTheirOwners() {
		this.owners = Mockito.mock(RunOwners.class);
		BDDMockito.given(this.owners.unfinished(ArgumentMatchers.any(RunPage.class)))
			.willReturn(List
				.of(new UnfinishedRun("r9", "s9", "asking", "bob", RunStatus.RUNNING, Instant.ofEpochSecond(990),
						"7@host:a", Instant.ofEpochSecond(900), Instant.ofEpochSecond(940), false, null)));
		BDDMockito.given(this.owners.overview(ArgumentMatchers.any())).willReturn(new Overview(null, 1, 1, 0));

		assertThat(endpoint(Show.NEVER).workflows().unfinishedRuns()).singleElement().satisfies((run) -> {
			assertThat(run.runId()).isEqualTo("r9");
			assertThat(run.ageSeconds()).isEqualTo(10);
			assertThat(run.ownerNode()).isEqualTo("7@host:a");
			assertThat(run.ownerAlive()).isFalse();
			assertThat(run.ownerSeenAt()).isEqualTo(Instant.ofEpochSecond(940));
			assertThat(run.userId()).isEqualTo("******");
		});
	}

	@Test
	void interruptedAndParkedRunsOfTheStoreAreTold() {
		this.workflows.register("other", Workflows.proxy(new Other(), this.runner));
		this.owners = Mockito.mock(RunOwners.class);
		BDDMockito.given(this.owners.overview(ArgumentMatchers.any())).willReturn(new Overview(null, 1, 2, 4));
		BDDMockito
			.given(this.owners.parked(ArgumentMatchers.anyInt(), ArgumentMatchers.eq(clock.instant()),
					ArgumentMatchers.any()))
			.willReturn(List.of(
					new ParkedRun("r9", "s9", "asking", "bob", "step_mismatch", Instant.ofEpochSecond(980),
							Instant.ofEpochSecond(990)),
					new ParkedRun("r8", "s8", "gone", null, "interrupted", Instant.ofEpochSecond(970), null)));

		WorkflowsReport report = endpoint(Show.NEVER).workflows();
		assertThat(report.storeError()).isNull();
		assertThat(report.interruptedRuns()).isEqualTo(2);
		assertThat(report.pausedRuns()).isEqualTo(4);
		assertThat(report.parkedRuns()).containsExactly(
				new ParkedEntry("r9", "asking", "s9", "step_mismatch", Instant.ofEpochSecond(980),
						Instant.ofEpochSecond(990), "******"),
				new ParkedEntry("r8", "gone", "s8", "interrupted", Instant.ofEpochSecond(970), null, null));
		assertThat(endpoint(Show.NEVER).workflow("asking").parkedRuns()).extracting(ParkedEntry::runId)
			.containsExactly("r9");
		assertThat(endpoint(Show.NEVER).workflow("other").parkedRuns()).isEmpty();
		assertThat(JsonMapper.shared().writeValueAsString(report)).contains("\"interrupted_runs\":2",
				"\"parked_runs\":[{\"run_id\":\"r9\"");
	}

	@Test
	void storeThatIsAwayHidesNoLiveRuns() {
		this.owners = Mockito.mock(RunOwners.class);
		BDDMockito.given(this.owners.unfinished(ArgumentMatchers.any(RunPage.class)))
			.willThrow(new IllegalStateException("no connection"));
		within(() -> {
			WorkflowsReport report = endpoint(Show.NEVER).workflows();
			assertThat(report.liveRuns()).hasSize(1);
			assertThat(report.storeError()).isEqualTo(IllegalStateException.class.getName());
			return "done";
		});
	}

	@Test
	void runIsCancelled() {
		BuddyWorkflowsEndpointWebExtension web = new BuddyWorkflowsEndpointWebExtension(endpoint(Show.NEVER),
				Show.NEVER, Set.of());
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> within(() -> {
			String runId = endpoint(Show.NEVER).workflows().liveRuns().get(0).runId();
			WebEndpointResponse<?> answer = web.cancel(runId, "it is stuck");
			assertThat(answer.getStatus()).isEqualTo(202);
			assertThat(endpoint(Show.NEVER).workflows().liveRuns().get(0).cancelReason()).isEqualTo("it is stuck");
			return "done";
		})).withMessageContaining("it is stuck");

		assertThat(web.cancel("unknown", null).getStatus()).isEqualTo(404);
	}

	@Test
	void fieldsOfItsJsonAreWrittenAsThoseOfAllOthers() {
		String json = JsonMapper.shared().writeValueAsString(endpoint(Show.NEVER).workflows());

		assertThat(json).contains("\"workflow_id\":\"asking\"", "\"workflow_class\":", "\"live_runs\":[]",
				"\"more_unfinished_runs\":false");
	}

	private LiveEntry liveRun(Show showValues) {
		LiveEntry[] entries = new LiveEntry[1];
		within(() -> entries[0] = endpoint(showValues).workflows().liveRuns().get(0));
		return entries[0];
	}

	private void within(Supplier<Object> body) {
		WorkflowScope.ofUser("alice").run(() -> this.asking.run("s1", "fusion", List.of("a"), body));
	}

	private BuddyWorkflowsEndpoint endpoint(Show showValues) {
		Sanitizer sanitizer = new Sanitizer(
				List.of((data) -> data.getKey().equals("tags") ? data.withValue("(hidden)") : data));
		return new BuddyWorkflowsEndpoint(this.registry, new DefaultWorkflowRuns(this.store, this.owners,
				RunnerLiveRuns.of(this.runner), () -> "nobody", clock, null), this.owners, clock, sanitizer,
				showValues);
	}

	static class Asking extends Workflow {

		Asking() {
			super(WorkflowSettings.builder().name("Asking").description("Asks.").build());
		}

		Object run(@SessionId String session, String topic, List<String> tags, Supplier<Object> body) {
			return body.get();
		}

	}

	static class Other extends Workflow {

		void run() {
		}

	}

}
