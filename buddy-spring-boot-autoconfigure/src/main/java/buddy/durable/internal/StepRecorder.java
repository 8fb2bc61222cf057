package buddy.durable.internal;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.StepKind;
import buddy.durable.StoredStep;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunKey;
import buddy.run.internal.CancellationSource;

/**
 * Writes the steps of one execution of a run to the journal. A step that has been
 * executed is not given up because the database is away for a while: it is written as
 * soon as that is back.
 */
public final class StepRecorder {

	private static final Logger logger = LoggerFactory.getLogger(StepRecorder.class);

	/** The workflows whose runs were reported to be part of a transaction. */
	private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

	private final RunKey run;

	private final RunJournal journal;

	private final CancellationSource cancellation;

	private final Duration patience;

	private final long maxResultSize;

	private final boolean inTransaction;

	private final boolean joined;

	/**
	 * Creates the recorder of an execution.
	 * @param run the run
	 * @param journal the journal
	 * @param cancellation stops the run
	 * @param patience how long a step is tried to be written
	 * @param maxResultSize how many bytes the JSON of a result may have; 0 is no limit
	 * @param inTransaction whether steps are executed within a transaction of the
	 * application, where they are not recorded
	 * @param joined whether the run itself is part of such a transaction
	 */
	public StepRecorder(RunKey run, RunJournal journal, CancellationSource cancellation, Duration patience,
			long maxResultSize, boolean inTransaction, boolean joined) {
		this.run = run;
		this.journal = journal;
		this.cancellation = cancellation;
		this.patience = patience;
		this.maxResultSize = maxResultSize;
		this.inTransaction = inTransaction;
		this.joined = joined;
	}

	long maxResultSize() {
		return this.maxResultSize;
	}

	/**
	 * Refuses a step that could not be recorded, before its body is called. In a run that
	 * is stored, a step without a record would be a gap that is not understood later; a
	 * run that is itself part of the transaction has no steps at all.
	 */
	void requireRecordable(StepKind kind, String key) {
		if ((kind == StepKind.STEP && !this.joined || !this.inTransaction) && this.journal.isInTransaction()) {
			throw new IllegalStateException("Step '" + key + "' of run '" + this.run.runId()
					+ "' cannot be recorded within a transaction of the application; "
					+ (this.joined ? "call the workflow outside of it, or set buddy.durable.in-transaction=warn"
							: "call the step outside of it, or make the step TRANSACTIONAL"));
		}
	}

	/** Writes a step, or stops the run if it must not or cannot be written. */
	JournalWrite write(StoredStep step, boolean update) {
		JournalWrite write = patiently(step, update);
		if (write == JournalWrite.IN_TRANSACTION && REPORTED.add(this.run.workflowId())) {
			logger.warn("Steps of workflow '{}' are not recorded, since its run is part of a transaction of its caller;"
					+ " call the workflow outside of a transaction, and take @Transactional off run()."
					+ " This is logged once for each workflow", this.run.workflowId());
		}
		return requireNotFenced(write);
	}

	/** Returns whether a transaction of the application is in progress. */
	boolean isInTransaction() {
		return this.journal.isInTransaction();
	}

	/** Calls a body and writes its step in the same transaction. */
	void inTransaction(Supplier<StoredStep> body, boolean update) {
		requireNotFenced(this.journal.writeInTransaction(body, update));
	}

	/**
	 * Returns whether another attempt may succeed, since the database is away or busy.
	 */
	boolean isTemporary(Exception failure) {
		return failure instanceof RuntimeException ex && this.journal.isTemporary(ex);
	}

	/** Begins to wait for a database that is away. */
	Patience patience() {
		return new Patience(this.patience);
	}

	private JournalWrite patiently(StoredStep step, boolean update) {
		try {
			return written(step, update);
		}
		catch (RuntimeException ex) {
			return again(step, update, ex);
		}
	}

	private JournalWrite written(StoredStep step, boolean update) {
		return update ? this.journal.update(step) : this.journal.append(step);
	}

	/** Tries until it is written, the run is stopped or the time is over. */
	private JournalWrite again(StoredStep step, boolean update, RuntimeException first) {
		Patience time = new Patience(this.patience);
		CountDownLatch stop = new CountDownLatch(1);
		Runnable forget = this.cancellation.onCancel(stop::countDown);
		RuntimeException failure = first;
		try {
			while (true) {
				if (!this.journal.isTemporary(failure)) {
					throw given(step, failure);
				}
				logger.warn("Step '{}' of run '{}' could not be recorded: {}", step.key(), this.run.runId(),
						failure.toString());
				if (!time.await(stop)) {
					throw given(step, failure);
				}
				try {
					return written(step, update);
				}
				catch (RuntimeException ex) {
					failure = ex;
				}
			}
		}
		finally {
			forget.run();
		}
	}

	/** Returns the signal that stops the run, since a step cannot be recorded. */
	Error given(StoredStep step, Exception ex) {
		return this.cancellation
			.suspend(RunSignal.parked(
					new IllegalStateException(
							"Step '" + step.key() + "' of run '" + this.run.runId() + "' could not be recorded ("
									+ ex.getMessage() + "); check the database, then resume the run",
							ex),
					RunFailure.INTERRUPTED));
	}

	private JournalWrite requireNotFenced(JournalWrite write) {
		if (write == JournalWrite.FENCED) {
			throw this.cancellation.suspend(RunSignal.fenced(new RunFencedException(this.run.runId(),
					"another node has taken it, or it was ended by someone else")));
		}
		return write;
	}

}
