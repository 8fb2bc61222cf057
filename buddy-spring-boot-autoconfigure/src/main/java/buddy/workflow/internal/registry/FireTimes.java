package buddy.workflow.internal.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

import buddy.workflow.InvalidScheduleException;
import buddy.workflow.ScheduleDefinition;

/**
 * The times at which a schedule fires.
 */
final class FireTimes {

	static final String UTC = "UTC";

	private static final int MAX_CRON = 255;

	private static final int MAX_ZONE = 64;

	private static final Duration LONGEST = Duration.ofDays(36500);

	private final @Nullable CronExpression cron;

	private final ZoneId zone;

	private final long everyMillis;

	private FireTimes(@Nullable CronExpression cron, ZoneId zone, long everyMillis) {
		this.cron = cron;
		this.zone = zone;
		this.everyMillis = everyMillis;
	}

	/**
	 * Reads the times of a schedule.
	 * @param definition the schedule
	 * @throws InvalidScheduleException if it has none, or they cannot be read
	 */
	static FireTimes of(ScheduleDefinition definition) {
		ZoneId zone = zone(definition);
		String cron = definition.cron();
		Duration every = definition.every();
		if ((cron == null) == (every == null)) {
			throw new InvalidScheduleException(definition, (cron == null) ? "cron" : "every",
					(cron == null) ? "it has neither 'cron' nor 'every'; set one of them"
							: "it has both 'cron' and 'every'; set one of them",
					null);
		}
		return (cron != null) ? new FireTimes(cron(definition, cron), zone, 0)
				: new FireTimes(null, zone, millis(definition, every));
	}

	private static ZoneId zone(ScheduleDefinition definition) {
		String zone = definition.zone();
		if (zone == null) {
			return ZoneId.of(UTC);
		}
		if (zone.length() > MAX_ZONE) {
			throw new InvalidScheduleException(definition, "zone",
					"its zone is longer than " + MAX_ZONE + " characters", null);
		}
		try {
			return ZoneId.of(zone);
		}
		catch (DateTimeException ex) {
			throw new InvalidScheduleException(definition, "zone",
					"there is no time zone '" + zone + "'; an example is 'Europe/Berlin'", ex);
		}
	}

	private static CronExpression cron(ScheduleDefinition definition, String cron) {
		if (cron.length() > MAX_CRON) {
			throw new InvalidScheduleException(definition, "cron",
					"its cron expression is longer than " + MAX_CRON + " characters", null);
		}
		CronExpression expression;
		try {
			expression = CronExpression.parse(cron);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidScheduleException(definition, "cron",
					"'" + cron + "' is no cron expression of the six fields second, minute, hour, day of the month,"
							+ " month and day of the week: " + ex.getMessage(),
					ex);
		}
		if (expression.next(Instant.EPOCH.atZone(ZoneId.of(UTC))) == null) {
			throw new InvalidScheduleException(definition, "cron", "its cron expression '" + cron + "' never fires",
					null);
		}
		return expression;
	}

	private static long millis(ScheduleDefinition definition, @Nullable Duration every) {
		if (every == null || every.compareTo(Duration.ofMillis(1)) < 0 || every.compareTo(LONGEST) > 0) {
			throw new InvalidScheduleException(definition, "every",
					"its interval must be from a millisecond to 100 years, not " + every, null);
		}
		return every.toMillis();
	}

	/**
	 * Returns the first fire time after now.
	 * @param base a fire time, from which intervals are counted
	 * @param now the time
	 * @return the time, or {@code null} if there is none
	 */
	@Nullable Long next(long base, long now) {
		if (this.cron == null) {
			return (base > now) ? Long.valueOf(base) : base + ((now - base) / this.everyMillis + 1) * this.everyMillis;
		}
		ZonedDateTime next = this.cron.next(Instant.ofEpochMilli(now).atZone(this.zone));
		return (next != null) ? next.toInstant().toEpochMilli() : null;
	}

}
