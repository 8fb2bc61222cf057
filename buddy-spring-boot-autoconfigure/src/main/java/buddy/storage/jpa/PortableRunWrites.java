package buddy.storage.jpa;

import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;

/**
 * {@link RunWrites} with short transactions of portable statements.
 */
final class PortableRunWrites implements RunWrites {

	private final StorageTransactions transactions;

	private final RunBegins begins;

	private final RunEnds ends;

	PortableRunWrites(StorageTransactions transactions, RunBegins begins, RunEnds ends) {
		this.transactions = transactions;
		this.begins = begins;
		this.ends = ends;
	}

	@Override
	public OpenedSession begin(NewRun run) {
		return this.transactions.writeApart(() -> this.begins.share(run));
	}

	@Override
	public EndOutcome end(RunEnd end) {
		return this.ends.write(end, this.transactions::writeApart);
	}

}
