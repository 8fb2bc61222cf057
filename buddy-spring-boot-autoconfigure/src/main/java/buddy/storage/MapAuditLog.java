package buddy.storage;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.RunPage;

/**
 * Stores the audit in the memory of this process: for tests, and for applications without
 * a database.
 */
public final class MapAuditLog implements AuditLog {

	private static final Comparator<AuditEntry> NEWEST_FIRST = Comparator
		.comparing((AuditEntry entry) -> entry.at().toEpochMilli())
		.thenComparing(AuditEntry::id)
		.reversed();

	private final ConcurrentSkipListSet<AuditEntry> entries = new ConcurrentSkipListSet<>(NEWEST_FIRST);

	@Override
	public void append(AuditEntry entry) {
		this.entries.add(entry);
	}

	@Override
	public void appendBeside(AuditEntry entry) {
		append(entry);
	}

	@Override
	public boolean appendIf(AuditEntry entry, BooleanSupplier action) {
		boolean done = action.getAsBoolean();
		if (done) {
			append(entry);
		}
		return done;
	}

	@Override
	public List<AuditEntry> list(AuditQuery query, RunPage page) {
		RunPage.Cursor after = page.after();
		return this.entries.stream()
			.filter((entry) -> after == null || isAfter(entry, after))
			.filter((entry) -> matches(query.runId(), entry.runId()))
			.filter((entry) -> matches(query.workflowId(), entry.workflowId()))
			.filter((entry) -> matches(query.sessionId(), entry.sessionId()))
			.filter((entry) -> matches(query.actor(), entry.actor()))
			.filter((entry) -> matches(query.action(), entry.action()))
			.filter((entry) -> query.since() == null || !entry.at().isBefore(query.since()))
			.limit(page.limit())
			.toList();
	}

	private static boolean isAfter(AuditEntry entry, RunPage.Cursor cursor) {
		int later = Long.compare(entry.at().toEpochMilli(), cursor.at().toEpochMilli());
		return later < 0 || (later == 0 && entry.id().compareTo(cursor.id()) < 0);
	}

	private static boolean matches(@Nullable String wanted, @Nullable String value) {
		return wanted == null || Objects.equals(wanted, value);
	}

	@Override
	public int deleteBefore(long before, int limit) {
		List<AuditEntry> old = this.entries.stream()
			.filter((entry) -> entry.at().toEpochMilli() < before)
			.limit(limit)
			.toList();
		return Math.toIntExact(old.stream().filter(this.entries::remove).count());
	}

}
