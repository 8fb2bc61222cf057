package buddy.autoconfigure.absent;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.WorkflowSessionRepository;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Started by a class loader that lacks some libraries.
 */
public final class ProbeApplication {

	private ProbeApplication() {
	}

	/**
	 * Starts an application, runs a workflow in each shape that needs no library, and
	 * tells where its three runs were recorded.
	 * @return the class of the store and the number of completed runs
	 */
	public static String probe() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false",
					"spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID())
			.run()) {
			ProbeWorkflow probe = context.getBean(ProbeWorkflow.class);
			probe.run("s1", "x").forEach((item) -> {
			});
			probe.arun("s1").join();
			WorkflowSessionRepository store = context.getBean(WorkflowSessionRepository.class);
			long completed = store.runs("s1", RunPage.first(10))
				.stream()
				.filter((run) -> run.status() == RunStatus.COMPLETED)
				.count();
			return store.getClass().getSimpleName() + " " + completed;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ProbeWorkflow probeWorkflow() {
			return new ProbeWorkflow();
		}

	}

	static class ProbeWorkflow extends Workflow {

		Stream<String> run(@SessionId String session, String text) {
			return Stream.of(text, session);
		}

		CompletableFuture<Long> arun(@SessionId String session) {
			return CompletableFuture.completedFuture(sessionState().increment("count", 1));
		}

	}

}
