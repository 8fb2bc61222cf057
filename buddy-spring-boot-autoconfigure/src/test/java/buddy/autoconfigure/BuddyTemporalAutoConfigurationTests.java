package buddy.autoconfigure;

import java.util.stream.Stream;

import io.temporal.client.WorkflowClient;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.engine.RunEngine;
import buddy.engine.dbscheduler.DbSchedulerEngine;
import buddy.engine.temporal.internal.TemporalEngine;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

/**
 * Which engine gives out queued runs.
 */
class BuddyTemporalAutoConfigurationTests {

	@Test
	void databaseIsTheDefault() {
		try (TestApplication application = start(new String[0], Client.class)) {
			assertThat(application.bean(RunEngine.class)).isInstanceOf(DbSchedulerEngine.class);
		}
	}

	@Test
	void propertyChoosesTemporal() {
		try (TestApplication application = start(new String[] { "buddy.engine.type=temporal" }, Client.class)) {
			assertThat(application.bean(RunEngine.class)).isInstanceOf(TemporalEngine.class);
		}
	}

	@Test
	void missingClientIsReported() {
		Throwable failure = catchThrowable(() -> start(new String[] { "buddy.engine.type=temporal" }));
		FailureAnalysis report = new MissingTemporalFailureAnalyzer().analyze(failure);
		assertThat(report.getDescription()).contains("buddy.engine.type is 'temporal'", "WorkflowClient");
		assertThat(report.getAction()).contains("temporal-spring-boot-starter", "spring.temporal.connection.target");
	}

	private static TestApplication start(String[] properties, Class<?>... sources) {
		return TestApplication
			.start(Stream.of(TestDatabase.H2.create(), properties).flatMap(Stream::of).toArray(String[]::new), sources);
	}

	@Configuration(proxyBeanMethods = false)
	static class Client {

		@Bean
		WorkflowClient workflowClient() {
			return mock();
		}

	}

}
