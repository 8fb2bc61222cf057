package buddy.budget;

import java.time.Instant;
import java.time.ZoneId;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When periods begin and end.
 */
class BudgetPeriodTests {

	@ParameterizedTest
	@CsvSource({ //
			"HOUR, UTC, 2026-11-29T17:00:00Z, 2026-11-29T17:00:00Z, 2026-11-29T18:00:00Z",
			"HOUR, Asia/Kolkata, 2026-11-29T17:00:00Z, 2026-11-29T16:30:00Z, 2026-11-29T17:30:00Z",
			"DAY, UTC, 2026-11-29T23:59:59.999Z, 2026-11-29T00:00:00Z, 2026-11-30T00:00:00Z",
			"DAY, UTC, 2026-11-30T00:00:00Z, 2026-11-30T00:00:00Z, 2026-12-01T00:00:00Z",
			// a day of 25 hours, and one of 23
			"DAY, Europe/Berlin, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
			"DAY, Europe/Berlin, 2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
			// the second hour between two and three
			"HOUR, Europe/Berlin, 2026-10-25T01:30:00Z, 2026-10-25T01:00:00Z, 2026-10-25T02:00:00Z",
			"WEEK, UTC, 2026-11-29T12:00:00Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
			"WEEK, UTC, 2026-11-30T00:00:00Z, 2026-11-30T00:00:00Z, 2026-12-07T00:00:00Z",
			"MONTH, UTC, 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
			"NONE, UTC, 2026-11-29T12:00:00Z, 1970-01-01T00:00:00Z, " })
	void periodIsThatOfTheCalendar(BudgetPeriod period, ZoneId zone, Instant time, Instant start, Instant end) {
		assertThat(period.start(time, zone)).isEqualTo(start.toEpochMilli());
		assertThat(period.end(time, zone)).isEqualTo((end != null) ? end.toEpochMilli() : null);
	}

}
