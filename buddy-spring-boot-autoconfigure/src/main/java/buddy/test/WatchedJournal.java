package buddy.test;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepState;
import buddy.durable.StoredStep;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;

/**
 * A journal whose writes a test watches.
 */
final class WatchedJournal implements RunJournal {

	private final RunJournal journal;

	private final StepWatch watch;

	WatchedJournal(RunJournal journal, StepWatch watch) {
		this.journal = journal;
		this.watch = watch;
	}

	@Override
	public boolean take(RunTake take) {
		return this.journal.take(take);
	}

	@Override
	public JournalWrite append(StoredStep step) {
		return this.watch.written(step, this.journal.append(this.watch.writing(step)));
	}

	@Override
	public JournalWrite update(StoredStep step) {
		return this.watch.written(step, this.journal.update(this.watch.writing(step)));
	}

	@Override
	public JournalWrite writeInTransaction(Supplier<StoredStep> body, boolean update) {
		AtomicReference<@Nullable StoredStep> step = new AtomicReference<>();
		JournalWrite write = this.journal.writeInTransaction(() -> {
			StoredStep done = this.watch.writing(body.get());
			step.set(done);
			return done;
		}, update);
		StoredStep written = step.get();
		return (written != null) ? this.watch.written(written, write) : write;
	}

	@Override
	public boolean isInTransaction() {
		return this.journal.isInTransaction();
	}

	@Override
	public boolean isTemporary(RuntimeException failure) {
		return this.journal.isTemporary(failure);
	}

	@Override
	public List<StepHead> heads(String runId) {
		return this.journal.heads(runId);
	}

	@Override
	public List<StoredStep> read(String runId, Collection<String> keys) {
		return this.journal.read(runId, keys);
	}

	@Override
	public List<StoredStep> list(String runId, @Nullable String after, int limit) {
		return this.journal.list(runId, after, limit);
	}

	@Override
	public StepState base(String runId) {
		return this.journal.base(runId);
	}

	@Override
	public Map<String, String> nested(String runId) {
		return this.journal.nested(runId);
	}

	@Override
	public @Nullable String lastEvent(String runId) {
		return this.journal.lastEvent(runId);
	}

	@Override
	public void fork(StoredRun fork, String from, Collection<String> keys) {
		this.journal.fork(fork, from, keys);
	}

	@Override
	public List<String> runsWithSteps(long begunBefore, @Nullable String after, int limit) {
		return this.journal.runsWithSteps(begunBefore, after, limit);
	}

	@Override
	public int deleteSteps(String runId, long begunBefore, long now) {
		return this.journal.deleteSteps(runId, begunBefore, now);
	}

	@Override
	public boolean hasDeletedSteps(String runId) {
		return this.journal.hasDeletedSteps(runId);
	}

	@Override
	public boolean reopenFailure(String runId, String key, int epoch) {
		return this.journal.reopenFailure(runId, key, epoch);
	}

}
