package buddy.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.StepKind;
import buddy.durable.StoredStep;
import buddy.durable.internal.RunSignal;
import buddy.run.Interception;
import buddy.run.RunContext;
import buddy.run.RunEnding;
import buddy.run.RunEventListener;
import buddy.run.RunFencedException;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStart;
import buddy.run.internal.CancellationSource;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowRuns;

/**
 * Lets the process of a run crash, as far as the run can see, and continues the run.
 *
 * <pre>
 * String runId = crashes.crashAfter("charge").in(() -&gt; orders.run("A-1"));
 * RunResponse response = crashes.resume(runId);
 * </pre>
 *
 * The run stops at once and stores nothing any more, together with the run that called it
 * and the runs that it called. Code that catches exceptions does not notice. Then the run
 * is recorded as interrupted, as another node does when it misses a process.
 */
public final class RunCrashes implements RunEventListener, RunInterceptor {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Supplier<WorkflowRuns> runs;

	private final DeadRuns deadRuns;

	/** The runs in progress, as they see themselves. */
	private final Map<String, RunContext> inProgress = new ConcurrentHashMap<>();

	/** The calls of steps by run, key and epoch. */
	private final Map<String, Map<String, Map<Integer, Integer>>> calls = new HashMap<>();

	private volatile @Nullable RunJournal journal;

	private volatile @Nullable Crash next;

	private volatile @Nullable Crash last;

	/**
	 * Creates an instance.
	 * @param runs supplies the runs, to continue them
	 * @param repository supplies the store of the runs
	 * @param owners supplies the store of the owners of the runs, or {@code null}
	 */
	public RunCrashes(Supplier<WorkflowRuns> runs, Supplier<WorkflowSessionRepository> repository,
			Supplier<@Nullable RunOwners> owners) {
		this.runs = runs;
		this.deadRuns = new DeadRuns(repository, owners, () -> runs.get().nodeId());
	}

	/**
	 * Returns a journal in which runs crash.
	 * @param journal the journal that stores the steps
	 * @return the journal to give to the runner of the workflows
	 */
	public RunJournal around(RunJournal journal) {
		this.journal = journal;
		return new WatchedJournal(journal, new Watch());
	}

	/**
	 * Lets the next run that records a step crash right after that.
	 * @param key the key of the step
	 * @return the crash, which has yet to happen
	 */
	public Crash crashAfter(String key) {
		return next(new Crash(key, false));
	}

	/**
	 * Lets the next run that executes a step crash before that is recorded: the body of
	 * the step has been called, and nobody knows its result.
	 * @param key the key of the step
	 * @return the crash, which has yet to happen
	 */
	public Crash crashInside(String key) {
		return next(new Crash(key, true));
	}

	private Crash next(Crash crash) {
		this.next = crash;
		return crash;
	}

	/**
	 * Continues a run and waits for its end.
	 * @param runId the run
	 * @return its response
	 * @see WorkflowRuns#resume
	 */
	public RunResponse resume(String runId) {
		return ended(this.runs.get().ofEverybody().resume(runId));
	}

	/**
	 * Continues a run that has failed, and waits for its end. The step that failed last
	 * is tried again.
	 * @param runId the run
	 * @return its response
	 * @see WorkflowRuns#retry
	 */
	public RunResponse retry(String runId) {
		return ended(this.runs.get().ofEverybody().retry(runId));
	}

	private static RunResponse ended(StartedRun run) {
		try {
			return run.response().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			if (ex.getCause() instanceof Error failure) {
				throw failure;
			}
			throw new CompletionException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new AssertionError("The run did not end within " + PATIENCE.toSeconds() + " seconds", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("The test was interrupted", ex);
		}
	}

	/** Forgets the crash that has yet to happen, and the calls of steps. */
	public void reset() {
		this.next = null;
		this.last = null;
		synchronized (this.calls) {
			this.calls.clear();
		}
	}

	boolean hasJournal() {
		return this.journal != null;
	}

	/**
	 * Returns how often the bodies of a run's steps were called, in all executions of the
	 * run and with their repetitions.
	 */
	Map<String, Integer> calls(String runId) {
		Map<String, Integer> sums = new LinkedHashMap<>();
		synchronized (this.calls) {
			this.calls.getOrDefault(runId, Map.of())
				.forEach((key, epochs) -> sums.put(key, epochs.values().stream().mapToInt(Integer::intValue).sum()));
		}
		return sums;
	}

	@Override
	public void onEvent(RunContext run, RunResponseEvent event) {
		this.inProgress.putIfAbsent(run.runId(), run);
	}

	@Override
	public RunInterception starting(RunStart run) {
		return new RunInterception() {

			@Override
			public Interception.Entry enter() {
				return Interception.Entry.NONE;
			}

			@Override
			public void ended(RunEnding ending) {
				synchronized (RunCrashes.this.inProgress) {
					RunCrashes.this.inProgress.remove(run.runId());
					RunCrashes.this.inProgress.notifyAll();
				}
			}

		};
	}

	private RunSignal crash(Crash crash, StoredStep step) {
		this.next = null;
		this.last = crash;
		RunContext run = this.inProgress.getOrDefault(step.runId(), RunContext.current());
		String root = (run != null) ? root(run) : step.runId();
		Long endedAt = step.head().endedAt();
		crash.happened(root, (endedAt != null) ? endedAt : step.head().startedAt());
		return stop(root, step.runId());
	}

	/**
	 * Stops all runs of a tree, the outermost first: a run whose nested run has stopped
	 * must not take that for a failure.
	 */
	private RunSignal stop(String root, String runId) {
		List<RunContext> dead = new ArrayList<>();
		for (RunContext current = RunContext.current(); current != null; current = current.parent()) {
			dead.add(current);
		}
		this.inProgress.values().stream().filter((run) -> root(run).equals(root)).forEach(dead::add);
		dead.sort(Comparator.comparingInt(RunCrashes::depth));
		dead.forEach(this::suspend);
		return crashed(runId);
	}

	private static int depth(RunContext run) {
		int depth = 0;
		for (RunContext parent = run.parent(); parent != null; parent = parent.parent()) {
			depth++;
		}
		return depth;
	}

	private void suspend(RunContext run) {
		CancellationSource.of(run.cancellation()).suspend(crashed(run.runId()));
	}

	private static RunSignal crashed(String runId) {
		return RunSignal.fenced(new RunFencedException(runId, "its process crashed, as the test wants it"));
	}

	private static String root(RunContext run) {
		RunContext outermost = run;
		for (RunContext parent = run.parent(); parent != null; parent = parent.parent()) {
			outermost = parent;
		}
		return outermost.runId();
	}

	private boolean isInProgress(String root) {
		return this.inProgress.values().stream().anyMatch((run) -> root(run).equals(root));
	}

	/**
	 * A crash, which happens once.
	 */
	public final class Crash {

		private final String key;

		private final boolean before;

		private @Nullable String root;

		private long at;

		private boolean inTransaction;

		Crash(String key, boolean before) {
			this.key = key;
			this.before = before;
		}

		/**
		 * Calls a workflow whose run crashes, and waits until it has.
		 * @param call calls the workflow, or what calls it; it may return before the run
		 * has ended if it returns a {@link StartedRun} or a {@link CompletionStage}
		 * @return the id of the run, which can be resumed now; if a nested run crashed,
		 * of the outermost run
		 * @throws AssertionError if the run did not come to that step
		 */
		public String in(Callable<?> call) {
			Object result = null;
			Throwable failure = null;
			try {
				result = call.call();
			}
			catch (Exception | Error ex) {
				failure = ex;
			}
			boolean goesOn = result instanceof StartedRun || result instanceof CompletionStage<?>;
			if (!goesOn && RunCrashes.this.inProgress.isEmpty() && !hasHappened()) {
				throw notReached(failure);
			}
			return await(failure);
		}

		/**
		 * Waits until the run has crashed, for a run that the test has begun otherwise,
		 * such as by a request.
		 * @return the id of the run, which can be resumed now
		 * @throws AssertionError if no run came to that step within 30 seconds
		 */
		public String await() {
			return await(null);
		}

		private String await(@Nullable Throwable failure) {
			long deadline = System.nanoTime() + PATIENCE.toNanos();
			Map<String, RunContext> inProgress = RunCrashes.this.inProgress;
			synchronized (inProgress) {
				while (!isOver()) {
					long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
					if (left <= 0) {
						throw hasHappened()
								? new AssertionError("Run '" + this.root
										+ "' has crashed, but its code is still executed after 30 seconds")
								: notReached(failure);
					}
					try {
						inProgress.wait(left);
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
						throw new AssertionError("The test was interrupted", ex);
					}
				}
			}
			String crashed = String.valueOf(this.root);
			RunCrashes.this.deadRuns.mark(crashed, RunCrashes.this.journal, this.at);
			return crashed;
		}

		private boolean hasHappened() {
			synchronized (RunCrashes.this.inProgress) {
				return this.root != null;
			}
		}

		private boolean isOver() {
			String crashed = this.root;
			return crashed != null && !isInProgress(crashed);
		}

		private AssertionError notReached(@Nullable Throwable failure) {
			RunCrashes.this.next = null;
			String found = this.inTransaction
					? "it is not recorded, since the run is part of a transaction of its caller"
					: "no run came to that step";
			return new AssertionError("Expected a run to crash at step '" + this.key + "', but " + found
					+ ((failure != null) ? "; the call failed: " + failure : ""), failure);
		}

		private void happened(String runId, long time) {
			synchronized (RunCrashes.this.inProgress) {
				this.root = runId;
				this.at = time;
				RunCrashes.this.inProgress.notifyAll();
			}
		}

		private boolean isAt(StoredStep step, boolean unrecorded) {
			return this.before == unrecorded && step.key().equals(this.key) && step.head().status().isOutcome();
		}

	}

	/** Counts the calls of steps, and lets runs crash. */
	private final class Watch implements StepWatch {

		@Override
		public StoredStep writing(StoredStep step) {
			requireAlive(step);
			if (step.head().status().isOutcome() && step.head().kind() != StepKind.PATCH) {
				synchronized (RunCrashes.this.calls) {
					// a write that is repeated is no call
					RunCrashes.this.calls.computeIfAbsent(step.runId(), (run) -> new LinkedHashMap<>())
						.computeIfAbsent(step.key(), (key) -> new HashMap<>())
						.put(step.head().epoch(), step.head().attempts());
				}
			}
			Crash crash = RunCrashes.this.next;
			if (crash != null && crash.isAt(step, true)) {
				throw crash(crash, step);
			}
			return step;
		}

		@Override
		public JournalWrite written(StoredStep step, JournalWrite write) {
			Crash crash = RunCrashes.this.next;
			if (crash != null && crash.isAt(step, false)) {
				if (write == JournalWrite.STORED) {
					throw crash(crash, step);
				}
				crash.inTransaction = write == JournalWrite.IN_TRANSACTION;
			}
			return write;
		}

		/** A part of a crashed run that does not know it yet. */
		private void requireAlive(StoredStep step) {
			Crash crash = RunCrashes.this.last;
			RunContext run = RunCrashes.this.inProgress.get(step.runId());
			if (crash != null && run != null && root(run).equals(crash.root)
					&& CancellationSource.of(run.cancellation()).signal() instanceof RunSignal) {
				throw crashed(step.runId());
			}
		}

	}

}
