package buddy.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import buddy.event.RecordingOptions;

/**
 * How the events of runs are stored, so that they can be followed and replayed.
 *
 * @param store Which events of runs are stored; also per workflow. None are of runs that
 * are stored only when they end, or in a workflow's own storage.
 * @param retention How long events are kept after the end of their run. Zero keeps them
 * as long as the run.
 * @param flushInterval How long an event waits for others to be stored with it, at the
 * most.
 * @param batchSize How many events are stored at once, 1 to 5000.
 * @param maxEventSize How large the JSON of an event may be; of a larger one the content
 * is left out.
 * @param pollInterval How often the streams that wait for events look, all together, for
 * what other nodes stored.
 */
@ConfigurationProperties("buddy.events")
public record BuddyEventsProperties(@DefaultValue("all") Store store, @DefaultValue("7d") Duration retention,
		@DefaultValue("50ms") Duration flushInterval, @DefaultValue("500") int batchSize,
		@DefaultValue("256KB") DataSize maxEventSize, @DefaultValue("100ms") Duration pollInterval) {

	RecordingOptions recording() {
		return new RecordingOptions(this.flushInterval, this.batchSize, this.maxEventSize.toBytes(),
				RecordingOptions.DEFAULT.patience());
	}

	/**
	 * Which events are stored.
	 */
	public enum Store {

		/** All of them. */
		ALL,

		/** None: a run's stream has its begin and its end alone. */
		NONE

	}

}
