package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many runs on one session at once, on every database.
 */
class ConcurrentRunTests {

	private static final int THREADS = 8;

	private static final int RUNS = 10;

	private static final Map<TestDatabase, TestApplication> applications = new EnumMap<>(TestDatabase.class);

	@AfterAll
	static void stop() {
		applications.values().forEach(TestApplication::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void noIncrementNoAppendAndNoKeyIsLost(TestDatabase database) throws Exception {
		MeterWorkflow meter = application(database).bean(MeterWorkflow.class);
		WorkflowSessionRepository repository = application(database).bean(WorkflowSessionRepository.class);
		String session = "s-" + UUID.randomUUID();
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				int number = thread;
				futures.add(executor.submit(() -> {
					for (int i = 0; i < RUNS; i++) {
						meter.run(session, number * RUNS + i);
					}
				}));
			}
			for (Future<?> future : futures) {
				future.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		Map<String, Object> state = Json.readMap(repository.find(session).orElseThrow().state());
		assertThat(state).containsEntry("count", THREADS * RUNS).hasSize(THREADS * RUNS + 2);
		assertThat((List<?>) state.get("seen")).hasSize(THREADS * RUNS).doesNotHaveDuplicates();
		assertThat(repository.runs(session, RunPage.first(1000))).hasSize(THREADS * RUNS)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
	}

	private static synchronized TestApplication application(TestDatabase database) {
		return applications.computeIfAbsent(database,
				(missing) -> TestApplication.start(missing.create(), Workflows.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		MeterWorkflow meterWorkflow() {
			return new MeterWorkflow();
		}

	}

	static class MeterWorkflow extends Workflow {

		void run(@SessionId String session, int number) {
			sessionState().increment("count", 1);
			sessionState().append("seen", number);
			sessionState().put("key-" + number, number);
		}

	}

}
