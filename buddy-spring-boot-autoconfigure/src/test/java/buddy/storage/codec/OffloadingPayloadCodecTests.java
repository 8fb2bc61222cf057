package buddy.storage.codec;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.Payload.Kind;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class OffloadingPayloadCodecTests {

	private static final Payload RESULT = new Payload(Kind.STEP_RESULT, "r1");

	private static final String LARGE = "\"" + "x".repeat(100) + "\"";

	private final MapPayloadStore store = new MapPayloadStore();

	private final PayloadCodec codec = new OffloadingPayloadCodec(this.store, 50);

	@BeforeEach
	void reset() {
		Copying.mended.set(false);
		Copying.calls.set(0);
	}

	@Test
	void largePayloadIsKeptElsewhereAndReadAgain() {
		String stored = this.codec.encode(LARGE, RESULT);

		assertThat(stored).matches("\"offloaded:step_result-[0-9a-f]{64}\"");
		assertThat(this.store.documents).hasSize(1).containsValue(LARGE);
		assertThat(this.store.documents.keySet()).allMatch((key) -> key.startsWith("r1/step_result-"));
		assertThat(this.codec.decode(" " + stored + "\n", RESULT)).isEqualTo(LARGE);
		assertThat(this.codec.encode(LARGE, RESULT)).isEqualTo(stored);
	}

	@Test
	void smallPayloadsAndThoseThatChangeOftenStay() {
		assertThat(this.codec.encode("{\"a\":1}", RESULT)).isEqualTo("{\"a\":1}");
		Payload state = new Payload(Kind.SESSION_STATE, "s1");
		assertThat(this.codec.encode(LARGE, state)).isEqualTo(LARGE);
		assertThat(this.codec.decode(LARGE, state)).isEqualTo(LARGE);
		assertThat(this.codec.decode(LARGE, RESULT)).as("stored before").isEqualTo(LARGE);
		assertThat(this.store.documents).isEmpty();
	}

	@Test
	void payloadInTheFormOfANameIsNoName() {
		String stored = this.codec.encode(LARGE, RESULT);

		String again = this.codec.encode(stored, RESULT);

		assertThat(again).isNotEqualTo(stored);
		assertThat(this.codec.decode(again, RESULT)).isEqualTo(stored);
		assertThatExceptionOfType(PayloadUnreadableException.class)
			.isThrownBy(() -> this.codec.decode(stored, new Payload(Kind.STEP_RESULT, "r2")))
			.withMessageContaining("is not in the store of payloads");
	}

	@Test
	void documentThatIsGoneOrWasChangedIsTold() {
		String stored = this.codec.encode(LARGE, RESULT);
		this.store.documents.replaceAll((key, document) -> document + " ");
		assertThatExceptionOfType(PayloadUnreadableException.class).isThrownBy(() -> this.codec.decode(stored, RESULT))
			.withMessageStartingWith("The step result of run 'r1' cannot be read: its document 'step_result-")
			.withMessageEndingWith("' in the store of payloads was changed");
		this.store.documents.clear();
		assertThatExceptionOfType(PayloadUnreadableException.class).isThrownBy(() -> this.codec.decode(stored, RESULT))
			.withMessageEndingWith("' is not in the store of payloads");
	}

	@Test
	void documentsAreEncryptedByTheCodecBefore() {
		PayloadCodec encrypting = new OffloadingPayloadCodec(this.store, 50, aes());

		String stored = encrypting.encode(LARGE, RESULT);

		assertThat(this.store.documents.values()).allMatch((document) -> document.startsWith("\"aes:k:"));
		assertThat(encrypting.decode(stored, RESULT)).isEqualTo(LARGE);
		assertThatExceptionOfType(PayloadUnreadableException.class).isThrownBy(() -> this.codec.decode(stored, RESULT))
			.withMessageContaining("it is encrypted with key 'k'");
		String small = encrypting.encode("1", new Payload(Kind.SESSION_STATE, "s1"));
		assertThat(small).startsWith("\"aes:k:");
		assertThat(encrypting.decode(small, new Payload(Kind.SESSION_STATE, "s1"))).isEqualTo("1");
	}

	@Test
	void negativeLimitIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new OffloadingPayloadCodec(this.store, -1));
	}

	private static PayloadCodec aes() {
		return new AesPayloadCodec("k", Map.of("k", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
	}

	@Test
	void runIsContinuedWithWhatIsKeptElsewhere() {
		try (TestApplication application = TestApplication.start(TestDatabase.H2.create(), Workflows.class)) {
			String large = "large".repeat(30_000);
			assertThatIllegalStateException().isThrownBy(() -> application.bean(Copying.class).run(large));
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			assertThat(jdbc.queryForObject("select max(octet_length(result)) from buddy_workflow_run_step", Long.class))
				.isLessThan(200);
			assertThat(jdbc.queryForObject("select max(octet_length(input)) from buddy_workflow_run", Long.class))
				.isLessThan(200);
			WorkflowSessionRepository repository = application.bean(WorkflowSessionRepository.class);
			String runId = jdbc.queryForObject("select run_id from buddy_workflow_run", String.class);
			Copying.mended.set(true);

			application.bean(WorkflowRuns.class).ofEverybody().retry(runId).response().toCompletableFuture().join();

			StoredRun run = repository.findRun(runId).orElseThrow();
			assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(run.toResponse().content()).isEqualTo(large + "!");
			assertThat(Copying.calls).hasValue(1);
			assertThat(application.bean(MapPayloadStore.class).documents.keySet())
				.allMatch((key) -> key.startsWith(runId + "/"))
				.extracting((key) -> key.substring(37, key.indexOf('-', 37)))
				.contains("run_input", "run_response", "step_result");
		}
	}

	@Test
	void stepIsRecordedOnceItsStoreIsBack() {
		try (TestApplication application = TestApplication.start(TestDatabase.H2.create(), Workflows.class)) {
			MapPayloadStore documents = application.bean(MapPayloadStore.class);
			Copying.mended.set(true);
			documents.away.set(2);

			String result = application.bean(Copying.class).run("large".repeat(30_000));

			assertThat(result).endsWith("large!");
			assertThat(documents.away).hasNonPositiveValue();
			assertThat(Copying.calls).hasValue(1);
		}
	}

	static class MapPayloadStore implements PayloadStore {

		private final Map<String, String> documents = new ConcurrentHashMap<>();

		/** How often it is away yet when the result of a step is written. */
		private final AtomicInteger away = new AtomicInteger();

		@Override
		public void write(String runId, String name, String document) {
			if (name.startsWith("step_result") && this.away.getAndDecrement() > 0) {
				throw new IllegalStateException("away");
			}
			this.documents.put(runId + "/" + name, document);
		}

		@Override
		public String read(String runId, String name) {
			return this.documents.get(runId + "/" + name);
		}

	}

	static class Copying extends Workflow {

		private static final AtomicBoolean mended = new AtomicBoolean();

		private static final AtomicInteger calls = new AtomicInteger();

		Copying() {
			super(WorkflowSettings.builder().workflowId("copying").build());
		}

		public String run(String text) {
			String copy = step("copy", () -> {
				calls.incrementAndGet();
				return text + "!";
			});
			if (!mended.get()) {
				throw new IllegalStateException("broken");
			}
			return copy;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		MapPayloadStore payloadStore() {
			return new MapPayloadStore();
		}

		@Bean
		PayloadCodec payloadCodec(MapPayloadStore store) {
			return new OffloadingPayloadCodec(store, 100_000, aes());
		}

		@Bean
		Copying copying() {
			return new Copying();
		}

	}

}
