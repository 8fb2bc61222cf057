package buddy.autoconfigure.threads;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@code run()} that Spring's {@code @Async} moves to the task executor.
 */
class AsyncRunTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withPropertyValues("buddy.scan.enabled=false", "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID());

	@Test
	void scopeOfTheCallerReachesTheOtherThread() {
		this.runner.withPropertyValues("spring.task.execution.propagate-context=true").run((context) -> {
			AwayWorkflow away = context.getBean(AwayWorkflow.class);
			String thread = WorkflowScope.session("s1").user("alice").call(() -> away.run()).join();
			assertThat(thread).isNotEqualTo(Thread.currentThread().getName());
			assertThat(context.getBean(WorkflowSessionRepository.class).find("s1"))
				.hasValueSatisfying((session) -> assertThat(session.userId()).isEqualTo("alice"));
		});
	}

	@Test
	void isRefusedWhereTheContextIsNotCarried() {
		this.runner.run((context) -> assertThat(context).hasFailed()
			.getFailure()
			.hasMessageContaining("@Async")
			.hasMessageContaining("propagate-context"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	static class Application {

		@Bean
		AwayWorkflow awayWorkflow() {
			return new AwayWorkflow();
		}

	}

	static class AwayWorkflow extends Workflow {

		@Async
		CompletableFuture<String> run() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

	}

}
