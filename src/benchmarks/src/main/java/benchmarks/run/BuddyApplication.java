package benchmarks.run;

import javax.sql.DataSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A Spring Boot application with the starter, on a pool that it shares with others.
 */
final class BuddyApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private BuddyApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param dataSource the pool, which stays open when the application is closed
	 * @param recordStart whether runs are stored when they begin
	 */
	static BuddyApplication start(DataSource dataSource, boolean recordStart) {
		return new BuddyApplication(new SpringApplicationBuilder(Configured.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("dataSource", dataSource))
			.properties("spring.main.banner-mode=off", "spring.jmx.enabled=false",
					"buddy.runs.record-start=" + recordStart,
					"buddy.workflows." + StepsWorkflow.WITHOUT_EVENTS + ".events.store=none")
			.run());
	}

	LedgerWorkflow workflow() {
		return this.context.getBean(LedgerWorkflow.class);
	}

	/** The steps of runs without stored events. */
	StepsWorkflow steps() {
		return this.context.getBean(StepsWorkflow.WITHOUT_EVENTS, StepsWorkflow.class);
	}

	StepsWorkflow stepsWithEvents() {
		return this.context.getBean("steps-with-events", StepsWorkflow.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configured {

		@Bean
		LedgerWorkflow ledgerWorkflow() {
			return new LedgerWorkflow();
		}

		@Bean(StepsWorkflow.WITHOUT_EVENTS)
		StepsWorkflow stepsWorkflow() {
			return new StepsWorkflow(StepsWorkflow.WITHOUT_EVENTS);
		}

		@Bean("steps-with-events")
		StepsWorkflow stepsWithEventsWorkflow() {
			return new StepsWorkflow("steps-with-events");
		}

	}

}
