package buddy.autoconfigure.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunContext;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs on the application's task executor, on virtual threads where the JDK has them.
 */
class VirtualThreadTests {

	private static final int RUNS = 50;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withPropertyValues("buddy.scan.enabled=false", "spring.datasource.hikari.maximum-pool-size=2",
				"spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(), "spring.threads.virtual.enabled=true");

	@Test
	void runsOnTheTaskExecutorAreRecordedAndHoldNoConnection() {
		this.runner.run((context) -> {
			WhereWorkflow workflow = context.getBean(WhereWorkflow.class);
			List<CompletableFuture<String>> runs = new ArrayList<>();
			for (int i = 0; i < RUNS; i++) {
				String session = "s" + i;
				runs.add(workflow.arun(session));
			}
			runs.forEach((run) -> assertThat(run.join()).isNotEmpty());
			WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
			for (int i = 0; i < RUNS; i++) {
				assertThat(sessions.runs("s" + i, RunPage.first(2)).items()).singleElement()
					.satisfies((run) -> assertThat(run.status().isTerminal()).isTrue());
			}
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads need JDK 21")
	void taskExecutorUsesVirtualThreads() {
		this.runner.run((context) -> assertThat(context.getBean(WhereWorkflow.class).arun("s1").join())
			.startsWith("VirtualThread"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		WhereWorkflow whereWorkflow(Executor applicationTaskExecutor) {
			return new WhereWorkflow(applicationTaskExecutor);
		}

	}

	static class WhereWorkflow extends Workflow {

		private final Executor executor;

		WhereWorkflow(Executor executor) {
			this.executor = executor;
		}

		CompletableFuture<String> arun(@SessionId String session) {
			return CompletableFuture.supplyAsync(() -> {
				sessionState().put("run", runId());
				return Thread.currentThread().toString();
			}, RunContext.wrap(this.executor));
		}

	}

}
