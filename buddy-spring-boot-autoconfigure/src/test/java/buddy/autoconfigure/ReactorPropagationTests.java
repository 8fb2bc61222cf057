package buddy.autoconfigure;

import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.session.WorkflowSessions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A warning where a workflow that is called in an operator would not know the run around
 * it.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReactorPropagationTests {

	private static final String AT_START = "return publishers, and Reactor does not propagate their runs";

	private static final String AT_RUN = "without a run around it, while runs that are publishers are in progress";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false");

	@AfterEach
	void switchOff() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void publisherIsWarnedAboutWithWhatToDo(CapturedOutput output) {
		this.runner.withBean("outer", OuterWorkflow.class)
			.withBean("inner", InnerWorkflow.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("The workflows [outer] " + AT_START)
			.contains("dd org.springframework.boot:spring-boot-reactor")
			.contains("set spring.reactor.context-propagation=auto");
	}

	@Test
	void nothingIsSaidWhereTheContextIsCarriedOrNobodyNeedsIt(CapturedOutput output) {
		this.runner.withBean("inner", InnerWorkflow.class)
			.withBean("later", LaterWorkflow.class)
			.run((context) -> assertThat(context).hasNotFailed());
		Hooks.enableAutomaticContextPropagation();
		this.runner.withBean("outer", OuterWorkflow.class).withBean("inner", InnerWorkflow.class).run((context) -> {
			WorkflowScope.session("s").user("ada").call(() -> context.getBean(OuterWorkflow.class).run()).block();
			assertThat(context.getBean(WorkflowSessions.class).asUser("ada").find("s:inner")).isPresent();
		});
		assertThat(output).doesNotContain(AT_START).doesNotContain(AT_RUN);
	}

	@Test
	void runThatLostItsContextIsToldOnce(CapturedOutput output) {
		this.runner.withBean("outer", OuterWorkflow.class).withBean("inner", InnerWorkflow.class).run((context) -> {
			context.getBean(InnerWorkflow.class).run();
			assertThat(output).doesNotContain(AT_RUN);
			OuterWorkflow outer = context.getBean(OuterWorkflow.class);
			WorkflowScope.ofUser("ada").call(outer::run).block();
			WorkflowScope.ofUser("ada").call(outer::run).block();
		});
		assertThat(output).containsOnlyOnce(AT_RUN).contains("A run of workflow 'inner' begins on Reactor's thread");
	}

	static class OuterWorkflow extends Workflow {

		private final InnerWorkflow inner;

		OuterWorkflow(InnerWorkflow inner) {
			this.inner = inner;
		}

		Mono<String> run() {
			return Flux.just("a")
				.publishOn(Schedulers.boundedElastic())
				.map((text) -> this.inner.run())
				.collectList()
				.map(Object::toString);
		}

	}

	static class InnerWorkflow extends Workflow {

		String run() {
			return "inner";
		}

	}

	static class LaterWorkflow extends Workflow {

		CompletableFuture<String> run() {
			return CompletableFuture.completedFuture("later");
		}

	}

}
