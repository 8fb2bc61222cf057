package buddy.engine.dbscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

import com.github.kagkarlsson.scheduler.Clock;

/**
 * The database's clock, whatever this machine's clock says. It is asked once a minute; in
 * between, time is counted by a clock that nobody sets.
 */
final class DatabaseClock implements Clock {

	private static final long ASKED_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

	private final LongSupplier database;

	private final LongSupplier nanoTime;

	private long seen;

	private long seenAt;

	private boolean known;

	DatabaseClock(LongSupplier database, LongSupplier nanoTime) {
		this.database = database;
		this.nanoTime = nanoTime;
	}

	@Override
	public synchronized Instant now() {
		if (!this.known || this.nanoTime.getAsLong() - this.seenAt >= ASKED_EVERY_NANOS) {
			ask();
		}
		return Instant.ofEpochMilli(this.seen).plusNanos(this.nanoTime.getAsLong() - this.seenAt);
	}

	private void ask() {
		long before = this.nanoTime.getAsLong();
		try {
			this.seen = this.database.getAsLong();
		}
		catch (RuntimeException ex) {
			if (!this.known) {
				throw ex;
			}
			// as long as the database is away, what was known goes on
			this.seen += Duration.ofNanos(before - this.seenAt).toMillis();
			this.seenAt = before;
			return;
		}
		long after = this.nanoTime.getAsLong();
		this.seenAt = before + (after - before) / 2;
		this.known = true;
	}

}
