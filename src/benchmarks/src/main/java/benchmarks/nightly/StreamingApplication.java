package benchmarks.nightly;

import javax.sql.DataSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A Spring Boot application with the starter.
 */
final class StreamingApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private StreamingApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param dataSource the pool, which stays open when the application is closed
	 */
	static StreamingApplication start(DataSource dataSource) {
		return new StreamingApplication(new SpringApplicationBuilder(Configured.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("dataSource", dataSource))
			.properties("spring.main.banner-mode=off", "spring.jmx.enabled=false")
			.run());
	}

	StreamingWorkflow workflow() {
		return this.context.getBean(StreamingWorkflow.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configured {

		@Bean
		StreamingWorkflow streamingWorkflow() {
			return new StreamingWorkflow();
		}

	}

}
