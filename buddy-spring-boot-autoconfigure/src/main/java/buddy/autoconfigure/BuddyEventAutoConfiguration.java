package buddy.autoconfigure;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

import buddy.event.EventRetention;
import buddy.event.MapRunEventStore;
import buddy.event.RunEventRecorder;
import buddy.event.RunEventStore;
import buddy.event.RunEventStreams;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;

/**
 * Auto-configuration of stored run events and event streams.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class)
@ConditionalOnBean(WorkflowSessionRepository.class)
@EnableConfigurationProperties({ BuddyEventsProperties.class, BuddyRetentionProperties.class })
public final class BuddyEventAutoConfiguration {

	/**
	 * The assumed number of events per run, to derive the number of runs per sweep from
	 * the batch size.
	 */
	private static final int ROWS_FOR_A_RUN = 50;

	@Bean
	@ConditionalOnBean(MapWorkflowSessionRepository.class)
	@ConditionalOnMissingBean(RunEventStore.class)
	MapRunEventStore runEventStore(MapWorkflowSessionRepository runs) {
		return new MapRunEventStore(runs);
	}

	/**
	 * Without an event store, a stream only has the events that follow from the run
	 * itself.
	 */
	@Bean
	@ConditionalOnMissingBean
	RunEventStreams runEventStreams(ObjectProvider<RunEventStore> store, ObjectProvider<WorkflowSessionRepository> runs,
			BuddyEventsProperties properties) {
		return new RunEventStreams(store.getIfAvailable(() -> new MapRunEventStore(runs.getObject())),
				SingletonSupplier.of(runs::getObject)::obtain, properties.pollInterval());
	}

	@Bean
	@ConditionalOnBean(RunEventStore.class)
	@ConditionalOnMissingBean
	RunEventRecorder runEventRecorder(RunEventStore store, RunEventStreams streams, BuddyEventsProperties properties,
			BuddyProperties workflows) {
		Map<String, BuddyEventsProperties.Store> own = new HashMap<>();
		workflows.workflows().forEach((id, settings) -> {
			if (settings.events() != null && settings.events().store() != null) {
				own.put(id, settings.events().store());
			}
		});
		return new RunEventRecorder(store, streams, properties.recording(),
				(workflow) -> own.getOrDefault(workflow, properties.store()) == BuddyEventsProperties.Store.ALL);
	}

	@Bean
	@ConditionalOnBean(RunEventStore.class)
	@ConditionalOnMissingBean
	EventRetention eventRetention(RunEventStore store, RunEventRecorder recorder, BuddyEventsProperties properties,
			BuddyRetentionProperties sweeps, ObjectProvider<Clock> clock) {
		return new EventRetention(store, properties.retention(), Math.max(1, sweeps.batchSize() / ROWS_FOR_A_RUN),
				recorder::used, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	StreamsEnd runEventStreamsEnd(RunEventStreams streams) {
		return new StreamsEnd(streams);
	}

	/**
	 * Ends the streams before the web server waits for its requests to end.
	 */
	static final class StreamsEnd implements SmartLifecycle {

		private final RunEventStreams streams;

		private volatile boolean running;

		StreamsEnd(RunEventStreams streams) {
			this.streams = streams;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.streams.endAll();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
