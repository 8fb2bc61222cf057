package buddy.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import buddy.event.RecordingOptions;

/**
 * Properties for storing the events of runs, so that they can be followed and replayed.
 *
 * @param store Which events of runs are stored; also per workflow. Runs that are stored
 * only when they end, or in a workflow's own storage, have no stored events.
 * @param retention How long events are kept after the end of their run. Zero keeps them
 * as long as the run.
 * @param flushInterval Maximum time that an event waits to be stored together with
 * others.
 * @param batchSize Maximum number of events that are stored at once, 1 to 5000.
 * @param maxEventSize Maximum size of the JSON of an event. The content of a larger event
 * is left out.
 * @param pollInterval How often waiting streams poll for events that other nodes have
 * stored. All streams share one poll.
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

		/** None: an event stream has only the beginning and the end of the run. */
		NONE

	}

}
