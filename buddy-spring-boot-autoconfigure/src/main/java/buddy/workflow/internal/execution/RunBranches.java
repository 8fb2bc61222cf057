package buddy.workflow.internal.execution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.durable.internal.RunSignal;
import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.internal.CancellationSource;
import buddy.run.internal.ContextCarrier;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * Runs the branches of a run in parallel, and returns when all of them have ended. Uses
 * virtual threads if the JDK has them, or else a bounded number of threads including the
 * caller's.
 *
 * @param <T> the type of a branch's item
 * @param <R> the type of a branch's result
 */
final class RunBranches<T extends @Nullable Object, R extends @Nullable Object> {

	/** The maximum number of parallel branches of one call without virtual threads. */
	private static final int PLATFORM_THREADS = 16;

	private static final Executor THREADS = DaemonThreads.named("buddy-branch-");

	private final String name;

	private final BiFunction<CancellationSource, Integer, RunContext> branch;

	private final Cancellation around;

	private final CancellationSource cancellation = new CancellationSource();

	private final List<T> items;

	private final Function<? super T, ? extends R> body;

	private final List<R> results;

	private final AtomicInteger next = new AtomicInteger();

	/** The signals of branches that wait, by the numbers of their items. */
	private final SortedMap<Integer, RunSignal> paused = new TreeMap<>();

	private @Nullable Throwable failure;

	/**
	 * Creates the branches.
	 * @param name the name of the branches, for messages
	 * @param branch creates the context of a branch from its cancellation and the number
	 * of its item
	 * @param around the cancellation that also stops the branches
	 * @param items the items, one for each branch
	 * @param body the code of a branch
	 */
	@SuppressWarnings("NullAway") // filled with results before it is read
	RunBranches(String name, BiFunction<CancellationSource, Integer, RunContext> branch, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body) {
		this.name = name;
		this.branch = branch;
		this.around = around;
		this.items = Collections.unmodifiableList(new ArrayList<>(items));
		this.body = body;
		this.results = new ArrayList<>(Collections.nCopies(this.items.size(), null));
	}

	/**
	 * Runs the branches.
	 * @return the results, in the order of the items
	 */
	List<R> run() {
		return run(this::workOnThreads);
	}

	/**
	 * Runs the branches one after the other, since a transaction of the caller is bound
	 * to this thread.
	 * @return the results, in the order of the items
	 */
	List<R> runHere() {
		return run(this::work);
	}

	private List<R> run(Runnable work) {
		Runnable forget = this.cancellation.follow(this.around);
		try {
			work.run();
		}
		finally {
			forget.run();
		}
		rethrow();
		return Collections.unmodifiableList(this.results);
	}

	private void workOnThreads() {
		int threads = Math.min(this.items.size(), DaemonThreads.VIRTUAL ? Integer.MAX_VALUE : PLATFORM_THREADS);
		CountDownLatch working = new CountDownLatch(Math.max(threads - 1, 0));
		Runnable task = ContextCarrier.wrap(RunContextHolder.wrap(() -> {
			try {
				work();
			}
			finally {
				working.countDown();
			}
		}));
		for (int i = 1; i < threads; i++) {
			start(task, working);
		}
		work();
		awaitAll(working);
	}

	private void start(Runnable task, CountDownLatch working) {
		try {
			THREADS.execute(task);
		}
		catch (RuntimeException | Error ex) {
			working.countDown();
			failed(ex);
		}
	}

	/**
	 * Waits for all branches, even if this thread is interrupted: none outlives the call.
	 */
	private void awaitAll(CountDownLatch working) {
		boolean interrupted = false;
		while (true) {
			try {
				working.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
				this.cancellation.cancel("the thread that waits for the branches was interrupted");
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void work() {
		try {
			for (int i = this.next.getAndIncrement(); i < this.items.size(); i = this.next.getAndIncrement()) {
				work(i);
			}
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/** A branch that waits does not stop the others. */
	private void work(int number) {
		CancellationSource own = new CancellationSource();
		Runnable forget = own.follow(this.cancellation);
		RunContext context = this.branch.apply(own, number);
		R result;
		try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
			own.check(context.runId());
			result = this.body.apply(this.items.get(number));
		}
		catch (Throwable ex) {
			if (pauses(own, number)) {
				return;
			}
			throw ex;
		}
		finally {
			forget.run();
		}
		if (!pauses(own, number)) {
			synchronized (this.results) {
				this.results.set(number, result);
			}
		}
	}

	private boolean pauses(CancellationSource branch, int number) {
		boolean waits = branch.signal() instanceof RunSignal signal && signal.kind() == RunSignal.Kind.PAUSED
				&& this.cancellation.signal() != signal;
		if (waits && branch.signal() instanceof RunSignal signal) {
			synchronized (this.results) {
				this.paused.put(number, signal);
			}
		}
		return waits;
	}

	/** Returns the signals of the branches that wait, in the order of the items. */
	List<RunSignal> paused() {
		synchronized (this.results) {
			return List.copyOf(this.paused.values());
		}
	}

	/**
	 * Records a failure. The first one stops the other branches. Later ones are added to
	 * it as suppressed exceptions, except for cancellations.
	 */
	private void failed(Throwable ex) {
		synchronized (this.results) {
			if (this.failure == null) {
				this.failure = ex;
			}
			else if (this.failure != ex && !(ex instanceof RunCancelledException)) {
				this.failure.addSuppressed(ex);
			}
		}
		this.next.set(this.items.size());
		this.cancellation.cancel("another branch of '" + this.name + "' failed: " + ex);
	}

	private void rethrow() {
		Throwable ex;
		synchronized (this.results) {
			ex = this.failure;
		}
		if (ex != null) {
			throw Rethrow.raise(ex);
		}
	}

}
