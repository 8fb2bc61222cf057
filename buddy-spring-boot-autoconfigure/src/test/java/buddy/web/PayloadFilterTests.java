package buddy.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.Message;
import buddy.run.PayloadFilter;
import buddy.run.PayloadFilter.Kind;
import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is left of a secret in all that is kept of a run.
 */
@ExtendWith(OutputCaptureExtension.class)
class PayloadFilterTests {

	private static final String SECRET = "4111111111111111";

	private WebApplication application;

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void metadataAloneIsRecordedAndObservedAndTheCallerGetsTheTrueResult(CapturedOutput output) {
		open(Workflows.class, "buddy.workflows.secretive.payloads=metadata-only");
		Response answer = run("{\"card\":\"" + SECRET + "\",\"fail\":false}");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		assertThat(answer.body()).contains("paid with " + SECRET);
		requireNoSecret(output);
		Response run = this.application.http().get("/buddy/runs/" + answer.at("run_id"));
		assertThat(run.body()).contains("left out by a payload filter")
			.contains("\"input_tokens\":[7]")
			.contains("\"status\":\"COMPLETED\"");
		Response events = events(answer.at("run_id"));
		assertThat(events.body()).contains("\"event\":\"CustomEvent\"", "\"name\":\"paying\"")
			.contains("\"event\":\"WorkflowCompleted\"")
			.doesNotContain(SECRET);
	}

	@Test
	void failuresOfMetadataAloneTellTheirTypeOnly(CapturedOutput output) {
		open(Workflows.class, "buddy.workflows.secretive.payloads=metadata-only");
		Response answer = run("{\"card\":\"" + SECRET + "\",\"fail\":true}");
		assertThat(answer.status()).isEqualTo(500);
		requireNoSecret(output);
		Response run = this.application.http().get("/buddy/runs/" + answer.at("run_id"));
		assertThat(run.body()).contains("java.lang.IllegalStateException");
		assertThat(output.getAll()).contains("java.lang.IllegalStateException");
		assertThat(events(answer.at("run_id")).body()).contains("WorkflowError").doesNotContain(SECRET);
		assertThatIllegalStateException().isThrownBy(() -> this.application.bean(Secretive.class).run(SECRET, true))
			.withMessageContaining(SECRET);
	}

	@Test
	void beansFilterEveryTextOfEveryWorkflow(CapturedOutput output) {
		open(Masking.class);
		Response answer = run("{\"card\":\"" + SECRET + "\",\"fail\":false}");
		assertThat(answer.body()).contains("paid with " + SECRET);
		requireNoSecret(output);
		String runId = String.valueOf(answer.at("run_id"));
		assertThat(this.application.http().get("/buddy/runs/" + runId).body()).contains("paid with ****")
			.contains("\"card\":\"****\"")
			.contains("charge ****");
		assertThat(events(runId).body()).contains("paid with ****").doesNotContain(SECRET);
		Response failed = run("{\"card\":\"" + SECRET + "\",\"fail\":true}");
		requireNoSecret(output);
		assertThat(output.getAll()).contains("no money on ****");
		assertThat(stored("buddy_workflow_run", "error")).contains("no money on ****").contains("at buddy.web");
		assertThat(events(failed.at("run_id")).body()).contains("no money on ****");
	}

	@Test
	void whatAFailingFilterWasToChangeIsLeftOut(CapturedOutput output) {
		open(Failing.class);
		Response answer = run("{\"card\":\"" + SECRET + "\",\"fail\":false}");
		assertThat(answer.body()).contains("paid with " + SECRET);
		requireNoSecret(output);
		assertThat(output.getAll()).contains("A payload filter failed on RESPONSE");
	}

	private void open(Class<?> source, String... properties) {
		String[] all = java.util.Arrays.copyOf(properties, properties.length + 2);
		all[properties.length] = "buddy.observability.include-content=true";
		all[properties.length + 1] = "logging.level.buddy=DEBUG";
		this.application = WebApplication.start(TestDatabase.H2.create(), all, source);
	}

	private Response run(String input) {
		return this.application.http().post("/buddy/workflows/secretive/runs", "{\"input\":" + input + "}");
	}

	private Response events(Object runId) {
		return this.application.http().with("Accept", "text/event-stream").get("/buddy/runs/" + runId + "/events");
	}

	private void requireNoSecret(CapturedOutput output) {
		assertThat(stored("buddy_workflow_run", "*")).isNotEmpty().doesNotContain(SECRET);
		Awaitility.await().untilAsserted(() -> assertThat(stored("buddy_workflow_run_event", "*")).contains("paying"));
		assertThat(stored("buddy_workflow_run_event", "*")).doesNotContain(SECRET);
		assertThat(output.getAll()).doesNotContain(SECRET);
		assertThat(this.application.bean(Seen.class).contexts)
			.anyMatch((context) -> "buddy.run".equals(context.getName()))
			.allSatisfy((context) -> {
				assertThat(context.getAllKeyValues().stream().map(KeyValue::getValue))
					.noneMatch((value) -> value.contains(SECRET));
				assertThat(String.valueOf(context.getError())).doesNotContain(SECRET);
			});
	}

	private String stored(String table, String columns) {
		return new JdbcTemplate(this.application.bean(DataSource.class))
			.query("select " + columns + " from " + table, (row, number) -> {
				StringBuilder text = new StringBuilder();
				for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
					text.append(row.getString(i)).append('\n');
				}
				return text.toString().replace("\\\"", "\"");
			})
			.toString();
	}

	static class Secretive extends Workflow {

		RunResponse run(String card, boolean fail) {
			RunContext run = RunContext.current();
			run.emit(RunResponseEvent.custom("paying", Map.of("with", card)));
			run.recordAgent(RunResponse.of("done")
				.toBuilder()
				.messages(List.of(Message.of("user", "charge " + card)))
				.metrics(Map.of("input_tokens", List.of(7)))
				.build());
			if (fail) {
				throw new IllegalStateException("no money on " + card);
			}
			return RunResponse.of("paid with " + card);
		}

	}

	static class Seen implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> contexts = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.contexts.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Secretive secretive() {
			return new Secretive();
		}

		@Bean
		Seen seen() {
			return new Seen();
		}

		@Bean
		ObservationRegistry observationRegistry(Seen seen) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(seen);
			return registry;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Masking extends Workflows {

		@Bean
		PayloadFilter masking() {
			return PayloadFilter.ofTexts((text) -> text.replace(SECRET, "****"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing extends Workflows {

		@Bean
		PayloadFilter failingFilter() {
			return (payload) -> {
				if (payload.kind() == Kind.EVENT) {
					return Map.of();
				}
				throw new IllegalArgumentException("cannot read " + payload.fields());
			};
		}

	}

}
