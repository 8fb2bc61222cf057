package buddy.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.session.RetentionOptions;

/**
 * Properties for how long runs and sessions are kept. By default, they are never deleted.
 *
 * @param runAge How long an ended run is kept, counted from its beginning.
 * @param runsPerSession Number of ended runs to keep per session, newest first.
 * @param sessionAge How long a session is kept with its runs, counted from its last use.
 * @param pausedAge How long a run may be paused, whatever it waits for. Then it is
 * cancelled with the reason expired.
 * @param stepAge How long the recorded steps of an ended run are kept, counted from its
 * beginning. After that it cannot be resumed, retried or forked.
 * @param auditAge How long an entry of the audit is kept.
 * @param budgetAge How long it is kept what was used of a budget, counted from the end of
 * its period.
 * @param batchSize Maximum number of rows that one transaction deletes, 1 to 10000.
 * @param interval How often this application checks for runs and sessions to delete.
 */
@ConfigurationProperties("buddy.retention")
public record BuddyRetentionProperties(@Nullable Duration runAge, @Nullable Integer runsPerSession,
		@Nullable Duration sessionAge, @Nullable Duration pausedAge, @Nullable Duration stepAge,
		@Nullable Duration auditAge, @DefaultValue("35d") Duration budgetAge, @DefaultValue("500") int batchSize,
		@DefaultValue("1h") Duration interval) {

	Duration auditAgeOrZero() {
		return (this.auditAge != null) ? this.auditAge : Duration.ZERO;
	}

	Duration stepAgeOrZero() {
		return (this.stepAge != null) ? this.stepAge : Duration.ZERO;
	}

	RetentionOptions options() {
		return new RetentionOptions(this.runAge, this.runsPerSession, this.sessionAge, this.pausedAge);
	}

}
