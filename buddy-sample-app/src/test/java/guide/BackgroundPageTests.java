package guide;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunStatus;
import buddy.workflow.RunHandle;
import buddy.workflow.RunNotFoundException;
import buddy.workflow.WorkflowRuns;

import guide.QueueSnippets.Caller;
import guide.QueueSnippets.ImportWorkflow;
import guide.QueueSnippets.ReportWorkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The code of the page on background work does what it says.
 */
class BackgroundPageTests {

	private static ConfigurableApplicationContext context;

	private static Caller caller;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=jdbc:h2:mem:background", "spring.main.banner-mode=off",
					"buddy.scan.enabled=false", "buddy.engine.poll-interval=100ms")
			.run();
		caller = new Caller(context.getBean(ReportWorkflow.class), context.getBean(WorkflowRuns.class),
				new TransactionTemplate(context.getBean(PlatformTransactionManager.class)));
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void runIsExecutedAfterTheCommitAndItsResultIsThere() throws Exception {
		String runId = caller.submit(() -> {
		});
		assertThat(caller.wait(runId)).isEqualTo("report on fusion");
	}

	@Test
	void eventsAreThereUntilTheEnd() {
		List<String> told = new ArrayList<>();
		caller.tell(context.getBean(WorkflowRuns.class).handle(caller.submit(() -> {
		})), (event) -> told.add(event.event()));
		assertThat(told).startsWith("WorkflowStarted").endsWith("WorkflowCompleted");
	}

	@Test
	void rollbackLeavesNoRun() {
		assertThatIllegalArgumentException().isThrownBy(() -> caller.submit(() -> {
			throw new IllegalArgumentException("no such order");
		}));
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> caller.wait("no-run"));
	}

	@Test
	void optionsHoldTheRun() {
		RunHandle run = caller.byName();
		assertThat(run.status()).isEqualTo(RunStatus.PENDING);
		assertThat(run.cancel()).isTrue();
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void keysTellRunsApart() throws Exception {
		assertThat(caller.wait(caller.ofTenant("t1").runId())).isEqualTo("imported a.csv");
		caller.once("t1").cancel();
		RunHandle first = caller.last("t1");
		RunHandle second = caller.last("t1");
		assertThat(first.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(second.cancel()).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ ReportWorkflow.class, ImportWorkflow.class })
	static class Application {

	}

}
