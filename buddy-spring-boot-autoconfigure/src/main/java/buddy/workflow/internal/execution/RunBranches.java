package buddy.workflow.internal.execution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.internal.CancellationSource;
import buddy.run.internal.ContextCarrier;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * Runs the branches of a run side by side, and returns when the last of them is over: on
 * virtual threads where the JDK has them, else on a bounded number of threads, of which
 * the caller's is one.
 *
 * @param <T> what a branch takes
 * @param <R> what a branch gives
 */
final class RunBranches<T extends @Nullable Object, R extends @Nullable Object> {

	/** So many branches of one call go on at once where threads are dear. */
	private static final int PLATFORM_THREADS = 16;

	private static final Executor THREADS = DaemonThreads.named("buddy-branch-");

	private final String name;

	private final Function<Cancellation, RunContext> branch;

	private final Cancellation around;

	private final CancellationSource cancellation = new CancellationSource();

	private final List<T> items;

	private final Function<? super T, ? extends R> body;

	private final List<R> results;

	private final AtomicInteger next = new AtomicInteger();

	private @Nullable Throwable failure;

	/**
	 * Prepares branches.
	 * @param name what they are for, for the messages
	 * @param branch makes the context of a branch, of what stops it
	 * @param around stops the branches with it
	 * @param items a branch for each
	 * @param body what a branch does
	 */
	@SuppressWarnings("NullAway") // filled with results before anybody reads it
	RunBranches(String name, Function<Cancellation, RunContext> branch, Cancellation around, List<T> items,
			Function<? super T, ? extends R> body) {
		this.name = name;
		this.branch = branch;
		this.around = around;
		this.items = Collections.unmodifiableList(new ArrayList<>(items));
		this.body = body;
		this.results = new ArrayList<>(Collections.nCopies(this.items.size(), null));
	}

	/**
	 * Runs them.
	 * @return what they gave, in the order of the items
	 */
	List<R> run() {
		return run(this::workOnThreads);
	}

	/**
	 * Runs them one after the other: a transaction of the caller is bound to this thread.
	 * @return what they gave, in the order of the items
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

	/** No branch outlives the call, even where its thread is interrupted. */
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
		RunContext context = this.branch.apply(this.cancellation);
		try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
			for (int i = this.next.getAndIncrement(); i < this.items.size(); i = this.next.getAndIncrement()) {
				this.cancellation.check(context.runId());
				R result = this.body.apply(this.items.get(i));
				synchronized (this.results) {
					this.results.set(i, result);
				}
			}
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/** The first failure stops the others; what they throw then is told in it. */
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
