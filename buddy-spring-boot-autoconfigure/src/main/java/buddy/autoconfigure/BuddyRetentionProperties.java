package buddy.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.session.RetentionOptions;

/**
 * How long runs and sessions are kept; for ever, unless something is set.
 *
 * @param runAge How long a run that has ended is kept, from its begin.
 * @param runsPerSession How many of a session's runs that have ended are kept, the
 * newest.
 * @param sessionAge How long a session is kept with its runs, from its last use.
 * @param batchSize How many rows a transaction deletes at the most, 1 to 10000.
 * @param interval How often this application looks for what to delete.
 */
@ConfigurationProperties("buddy.retention")
public record BuddyRetentionProperties(@Nullable Duration runAge, @Nullable Integer runsPerSession,
		@Nullable Duration sessionAge, @DefaultValue("500") int batchSize, @DefaultValue("1h") Duration interval) {

	RetentionOptions options() {
		return new RetentionOptions(this.runAge, this.runsPerSession, this.sessionAge);
	}

}
