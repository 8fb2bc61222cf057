package buddy.web;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that statistics look back, in parts of the same length. The last of them is
 * still going on.
 */
enum StatsWindow {

	/** The last hour, by the minute. */
	HOUR("1h", Duration.ofMinutes(1), 60),

	/** The last day, by the quarter of an hour. */
	DAY("24h", Duration.ofMinutes(15), 96);

	private final String label;

	private final Duration part;

	private final int parts;

	StatsWindow(String label, Duration part, int parts) {
		this.label = label;
		this.part = part;
		this.parts = parts;
	}

	/** Returns the value of the parameter. */
	String label() {
		return this.label;
	}

	/** Returns the length of a part. */
	Duration part() {
		return this.part;
	}

	/** Returns the number of parts. */
	int parts() {
		return this.parts;
	}

	/** Returns the start of the first part, which is a full minute or quarter. */
	Instant from(Instant now) {
		long seconds = this.part.toSeconds();
		long current = Math.floorDiv(now.getEpochSecond(), seconds) * seconds;
		return Instant.ofEpochSecond(current - seconds * (this.parts - 1));
	}

}
