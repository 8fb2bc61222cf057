package buddy.workflow;

import java.util.ArrayList;
import java.util.List;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.storage.AuditLog;

/**
 * The audit of runs and sessions: who cancelled, answered, resumed, retried, forked or
 * deleted what, and when.
 *
 * <p>
 * It is for the application's administrators: it shows the entries of all users.
 */
public final class WorkflowAudit {

	private final AuditLog log;

	/**
	 * Creates the view of a store.
	 * @param log the store of the entries
	 */
	public WorkflowAudit(AuditLog log) {
		this.log = log;
	}

	/**
	 * Lists entries, newest first.
	 * @param query which entries
	 * @param page the page to return
	 * @return the entries
	 */
	public Page<AuditEntry> list(AuditQuery query, RunPage page) {
		List<AuditEntry> found = new ArrayList<>(this.log.list(query, page));
		boolean full = found.size() == page.limit();
		RunPage.Cursor last = full ? found.get(found.size() - 1).cursor() : null;
		boolean more = last != null && !this.log.list(query, new RunPage(1, last)).isEmpty();
		return new Page<>(found, more ? last : null);
	}

}
