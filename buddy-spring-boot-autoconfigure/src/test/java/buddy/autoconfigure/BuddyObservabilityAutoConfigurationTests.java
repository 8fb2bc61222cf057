package buddy.autoconfigure;

import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.agent.AgentInterceptor;
import buddy.observability.DefaultRunObservationConvention;
import buddy.observability.RunObservationContext;
import buddy.observability.RunObservationConvention;
import buddy.run.RunInterceptor;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

class BuddyObservabilityAutoConfigurationTests {

	private final ApplicationContextRunner alone = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
				BuddyObservabilityAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false");

	private final ApplicationContextRunner runner = this.alone.withUserConfiguration(Application.class);

	private final ApplicationContextRunner observed = this.runner.withUserConfiguration(Registries.class);

	@Test
	void isAnnounced() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
			.contains(BuddyObservabilityAutoConfiguration.class.getName());
	}

	@Test
	void runsAreTimedInTheApplicationsRegistry() {
		this.observed.run((context) -> {
			context.getBean(Noting.class).run("s1");
			assertThat(context.getBean(MeterRegistry.class)
				.get("buddy.run")
				.tags("buddy.workflow.id", "noting", "buddy.run.status", "completed", "buddy.run.cause", "none",
						"error.type", "none", "error", "none")
				.timer()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void withoutRegistriesOnlyLogLinesAreMarked() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(RunInterceptor.class)
				.doesNotHaveBean(AgentInterceptor.class)
				.doesNotHaveBean(MeterBinder.class);
			assertThat(context.getBean(Noting.class).run("s1")).contains("noting", "s1");
		});
	}

	@Test
	void withoutMicrometerOnlyLogLinesAreMarked() {
		this.alone.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RunInterceptor.class));
	}

	@Test
	void logLinesAreLeftAloneWhereThatIsSet() {
		this.runner.withPropertyValues("buddy.observability.mdc=false").run((context) -> {
			assertThat(context).doesNotHaveBean(RunInterceptor.class);
			assertThat(context.getBean(Noting.class).run("s1")).isEqualTo(List.of("null", "null"));
		});
	}

	@Test
	void conventionOfTheApplicationWins() {
		this.observed.withBean(RunObservationConvention.class, MyConvention::new).run((context) -> {
			context.getBean(Noting.class).run("s1");
			assertThat(context.getBean(MeterRegistry.class).get("my.runs").timer().count()).isEqualTo(1);
		});
	}

	@Test
	void contentIsLeftOutUnlessItIsSet() {
		this.observed.run((context) -> {
			context.getBean(Noting.class).run("s1");
			assertThat(context.getBean(Contexts.class).last.getHighCardinalityKeyValue("buddy.run.output")).isNull();
		});
		this.observed.withPropertyValues("buddy.observability.include-content=true").run((context) -> {
			context.getBean(Noting.class).run("s1");
			assertThat(context.getBean(Contexts.class).last.getHighCardinalityKeyValue("buddy.run.output").getValue())
				.contains("noting");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Noting noting() {
			return new Noting();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Registries {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Contexts contexts() {
			return new Contexts();
		}

		@Bean
		ObservationRegistry observationRegistry(MeterRegistry meters, Contexts contexts) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig()
				.observationHandler(new DefaultMeterObservationHandler(meters))
				.observationHandler(contexts);
			return registry;
		}

	}

	static class Contexts implements ObservationHandler<RunObservationContext> {

		private RunObservationContext last;

		@Override
		public void onStop(RunObservationContext context) {
			this.last = context;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof RunObservationContext;
		}

	}

	static class MyConvention extends DefaultRunObservationConvention {

		@Override
		public String getName() {
			return "my.runs";
		}

	}

	static class Noting extends Workflow {

		List<String> run(@SessionId String session) {
			return List.of(String.valueOf(MDC.get("workflow_id")), String.valueOf(MDC.get("session_id")));
		}

	}

}
