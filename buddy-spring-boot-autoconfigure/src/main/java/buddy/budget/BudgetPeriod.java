package buddy.budget;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

import org.jspecify.annotations.Nullable;

/**
 * After which time a budget begins anew.
 */
public enum BudgetPeriod {

	/** Each hour. */
	HOUR,

	/** Each day, at midnight. */
	DAY,

	/** Each week, on Monday. */
	WEEK,

	/** Each month, on its first day. */
	MONTH,

	/** Never. */
	NONE;

	/**
	 * Returns when the period began that a time is in.
	 * @param time the time
	 * @param zone the time zone whose days count
	 * @return the begin in milliseconds since the epoch, or 0 for no period
	 */
	public long start(Instant time, ZoneId zone) {
		return (this != NONE) ? begin(time.atZone(zone)).toInstant().toEpochMilli() : 0;
	}

	/**
	 * Returns when the period ends that a time is in.
	 * @param time the time
	 * @param zone the time zone whose days count
	 * @return the end in milliseconds since the epoch, or {@code null} for never
	 */
	public @Nullable Long end(Instant time, ZoneId zone) {
		if (this == NONE) {
			return null;
		}
		ZonedDateTime begin = begin(time.atZone(zone));
		ZonedDateTime next = switch (this) {
			case HOUR -> begin.plusHours(1);
			case DAY -> begin.toLocalDate().plusDays(1).atStartOfDay(zone);
			case WEEK -> begin.toLocalDate().plusWeeks(1).atStartOfDay(zone);
			default -> begin.toLocalDate().plusMonths(1).atStartOfDay(zone);
		};
		return next.toInstant().toEpochMilli();
	}

	private ZonedDateTime begin(ZonedDateTime time) {
		return switch (this) {
			case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
			case WEEK -> time.toLocalDate()
				.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
				.atStartOfDay(time.getZone());
			case MONTH -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(time.getZone());
			default -> time.toLocalDate().atStartOfDay(time.getZone());
		};
	}

}
