package benchmarks.stream;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import benchmarks.database.RunningDatabase;

/**
 * A Spring Boot application with the starter, on the pool of the database that is
 * measured.
 */
final class StreamApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private StreamApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** Without web. */
	static StreamApplication local(RunningDatabase database, boolean storeEvents) {
		return start(database, WebApplicationType.NONE, List.of("buddy.events.store=" + (storeEvents ? "all" : "none")),
				Workflows.class);
	}

	/** Behind a port, with hand-written streams beside buddy's. */
	static StreamApplication web(RunningDatabase database) {
		return start(database, WebApplicationType.SERVLET, List.of("server.port=0", "buddy.web.max-streams=1000"),
				Workflows.class, Bare.class);
	}

	private static StreamApplication start(RunningDatabase database, WebApplicationType type, List<String> properties,
			Class<?>... sources) {
		List<String> all = new ArrayList<>(properties);
		all.addAll(List.of("spring.main.banner-mode=off", "spring.jmx.enabled=false", "spring.jpa.open-in-view=false",
				"buddy.scan.enabled=false"));
		return new StreamApplication(new SpringApplicationBuilder(sources).web(type)
			.initializers((context) -> context.getBeanFactory().registerSingleton("dataSource", database.dataSource()))
			.properties(all.toArray(String[]::new))
			.run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Workflows {

		@Bean
		WordsWorkflow wordsWorkflow() {
			return new WordsWorkflow();
		}

		@Bean
		TickingWorkflow tickingWorkflow() {
			return new TickingWorkflow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Bare {

		@Bean
		BareStreams bareStreams(JdbcTemplate jdbc) {
			return new BareStreams(jdbc);
		}

		@Bean
		ServletRegistrationBean<BareServlet> bareServlet(BareStreams streams) {
			return new ServletRegistrationBean<>(new BareServlet(streams), "/bare/servlet");
		}

	}

}
