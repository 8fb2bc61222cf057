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
import org.springframework.core.io.DefaultResourceLoader;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.storage.WorkflowSessionRepository;
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
		return probe(ProbeApplication.class.getClassLoader());
	}

	/**
	 * Does that with a class loader for all conditions.
	 * @param classLoader what sees the libraries
	 * @return the class of the store and the number of completed runs
	 */
	static String probe(ClassLoader classLoader) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.resourceLoader(new DefaultResourceLoader(classLoader))
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

	/** Public, since its proxy may belong to another class loader. */
	public static class ProbeWorkflow extends Workflow {

		public Stream<String> run(@SessionId String session, String text) {
			return Stream.of(text, session);
		}

		public CompletableFuture<Long> arun(@SessionId String session) {
			return CompletableFuture.completedFuture(sessionState().increment("count", 1));
		}

	}

}
