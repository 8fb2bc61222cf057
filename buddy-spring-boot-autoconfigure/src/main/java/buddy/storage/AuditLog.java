package buddy.storage;

import java.util.List;
import java.util.function.BooleanSupplier;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.RunPage;

/**
 * Stores the audit: who did what to runs and sessions. Entries stay when runs and
 * sessions are deleted.
 */
public interface AuditLog {

	/**
	 * Appends an entry, in the caller's transaction if there is one.
	 * @param entry the entry
	 */
	void append(AuditEntry entry);

	/**
	 * Appends an entry, whatever becomes of a transaction of the caller.
	 * @param entry the entry
	 */
	void appendBeside(AuditEntry entry);

	/**
	 * Performs an action, and appends an entry if it has done something: all or nothing
	 * if the store has transactions.
	 * @param entry the entry
	 * @param action returns whether it has done something
	 * @return what the action has returned
	 */
	boolean appendIf(AuditEntry entry, BooleanSupplier action);

	/**
	 * Lists entries, newest first.
	 * @param query which
	 * @param page the page to return
	 * @return the entries
	 */
	List<AuditEntry> list(AuditQuery query, RunPage page);

	/**
	 * Deletes old entries.
	 * @param before the time before which they were made, in milliseconds since the epoch
	 * @param limit the maximum number of entries
	 * @return the number of deleted entries; 0 if there are no more
	 */
	int deleteBefore(long before, int limit);

}
