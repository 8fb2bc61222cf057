package buddy.session.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.WorkflowSession.SessionRun;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Iterates over the runs of a session, oldest first, with one batch in memory at a time.
 * Since a store lists newest first, the boundaries of the batches are determined
 * beforehand from the runs' summaries.
 */
final class ExportedRuns implements Iterator<SessionRun> {

	private static final int AT_ONCE = 10;

	private final WorkflowSessionRepository repository;

	private final String sessionId;

	private final SessionAccess access;

	private final Function<StoredRun, SessionRun> document;

	/** The batches, the oldest on top. */
	private final Deque<RunPage> pages = new ArrayDeque<>();

	private Iterator<StoredRun> few = Collections.emptyIterator();

	ExportedRuns(WorkflowSessionRepository repository, String sessionId, SessionAccess access,
			Function<StoredRun, SessionRun> document) {
		this.repository = repository;
		this.sessionId = sessionId;
		this.access = access;
		this.document = document;
		findPages();
	}

	private void findPages() {
		RunQuery query = RunQuery.all().ofSession(this.sessionId).visibleTo(this.access);
		RunPage page = RunPage.first(RunPage.MAX_LIMIT);
		List<RunSummary> found = this.repository.listRuns(query, page);
		while (!found.isEmpty()) {
			// a run that begins meanwhile would shift the first page
			RunPage.Cursor before = (page.after() != null) ? page.after() : including(found.get(0));
			for (int i = 0; i < found.size(); i += AT_ONCE) {
				int count = Math.min(AT_ONCE, found.size() - i);
				this.pages.push(new RunPage(count, (i > 0) ? found.get(i - 1).cursor() : before));
			}
			page = page.after(found.get(found.size() - 1).cursor());
			found = (found.size() == page.limit()) ? this.repository.listRuns(query, page) : List.of();
		}
	}

	/** Returns a cursor just before a run: no other id lies between the two. */
	private static RunPage.Cursor including(RunSummary run) {
		return new RunPage.Cursor(run.createdAt(), run.runId() + "!");
	}

	@Override
	public boolean hasNext() {
		while (!this.few.hasNext() && !this.pages.isEmpty()) {
			List<StoredRun> runs = new ArrayList<>(this.repository.runs(this.sessionId, this.access, this.pages.pop()));
			Collections.reverse(runs);
			this.few = runs.iterator();
		}
		return this.few.hasNext();
	}

	@Override
	public SessionRun next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		return this.document.apply(this.few.next());
	}

}
