package buddy.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.event.EventPosition;
import buddy.event.EventRetention;
import buddy.event.MapRunEventStore;
import buddy.event.RecordingOptions;
import buddy.event.RunEventRecorder;
import buddy.event.RunEventStore;
import buddy.event.RunEventStreams;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

class BuddyEventAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BuddyAutoConfiguration.class, BuddyEventAutoConfiguration.class,
				BuddyRetentionAutoConfiguration.class,
				org.springframework.boot.autoconfigure.aop.AopAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false")
		.withUserConfiguration(Workflows.class);

	@Test
	void eventsAreStoredByDefault() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(RunEventRecorder.class).hasSingleBean(MapRunEventStore.class);
			assertThat(stored(context.getBean(RunEventStore.class), context.getBean(Telling.class))).isEqualTo(3);
			assertThat(context.getBean(EventRetention.class).deletes()).isTrue();
		});
	}

	@Test
	void nothingIsStoredIfThePropertySaysSo() {
		this.runner.withPropertyValues("buddy.events.store=none", "buddy.events.retention=0").run((context) -> {
			assertThat(stored(context.getBean(RunEventStore.class), context.getBean(Telling.class))).isZero();
			assertThat(context.getBean(EventRetention.class).deletes()).isFalse();
		});
	}

	@Test
	void workflowsOwnPropertyWins() {
		this.runner.withPropertyValues("buddy.workflows.telling.events.store=none")
			.run((context) -> assertThat(stored(context.getBean(RunEventStore.class), context.getBean(Telling.class)))
				.isZero());
		this.runner.withPropertyValues("buddy.events.store=none", "buddy.workflows.telling.events.store=all")
			.run((context) -> assertThat(stored(context.getBean(RunEventStore.class), context.getBean(Telling.class)))
				.isEqualTo(3));
	}

	@Test
	void storeOfTheApplicationWinsAndOneThatCannotStoreEventsStoresNone() {
		this.runner.withUserConfiguration(OwnStore.class)
			.run((context) -> assertThat(context).hasSingleBean(RunEventStreams.class)
				.doesNotHaveBean(RunEventRecorder.class)
				.doesNotHaveBean(RunEventStore.class));
		this.runner.withUserConfiguration(OwnStore.class, OwnEvents.class)
			.run((context) -> assertThat(stored(context.getBean(RunEventStore.class), context.getBean(Telling.class)))
				.isEqualTo(3));
	}

	@Test
	void numbersThatMakeNoSenseAreRefusedByName() {
		for (String property : List.of("flush-interval=0", "batch-size=0", "batch-size=100000", "max-event-size=1B",
				"retention=-1d")) {
			this.runner.withPropertyValues("buddy.events." + property)
				.run((context) -> assertThat(context.getStartupFailure()).rootCause()
					.hasMessageContaining("buddy.events." + property.substring(0, property.indexOf('='))));
		}
	}

	@Test
	void defaultsOfPropertiesAndOptionsAreTheSame() {
		this.runner.run((context) -> assertThat(context.getBean(BuddyEventsProperties.class).recording())
			.isEqualTo(RecordingOptions.DEFAULT));
		assertThat(RecordingOptions.DEFAULT.flushInterval()).isEqualTo(Duration.ofMillis(50));
	}

	private static int stored(RunEventStore store, Telling telling) {
		return store.read(telling.run("s"), EventPosition.START, 10).size();
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Telling telling() {
			return new Telling();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnStore {

		@Bean
		WorkflowSessionRepository ownRepository() {
			MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
			return (WorkflowSessionRepository) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { WorkflowSessionRepository.class },
					(proxy, method, arguments) -> method.invoke(store, arguments));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEvents {

		@Bean
		RunEventStore ownEvents(WorkflowSessionRepository runs) {
			return new MapRunEventStore(runs);
		}

	}

	static class Telling extends Workflow {

		String run(@SessionId String session) {
			for (int i = 0; i < 3; i++) {
				emit(RunResponseEvent.custom("told", i));
			}
			return RunContext.current().runId();
		}

	}

}
