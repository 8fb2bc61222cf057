package benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/**
 * Times slices of runs.
 */
final class Slices implements AutoCloseable {

	private final int threads;

	private final ExecutorService executor;

	Slices(int threads) {
		this.threads = threads;
		this.executor = Executors.newFixedThreadPool(threads);
	}

	/** A slice's wall clock, less what is not timed, over its number of runs, in µs. */
	double micros(Subject subject, int runs) throws Exception {
		int runsOfThread = Math.max(1, runs / this.threads);
		subject.prepare(this.threads);
		CountDownLatch start = new CountDownLatch(1);
		List<Future<?>> ends = new ArrayList<>();
		CountDownLatch ready = new CountDownLatch(this.threads);
		LongAdder untimed = new LongAdder();
		for (int thread = 0; thread < this.threads; thread++) {
			int number = thread;
			ends.add(this.executor.submit(() -> {
				ready.countDown();
				start.await();
				for (int i = 0; i < runsOfThread; i++) {
					subject.run(number);
					long ran = System.nanoTime();
					subject.finish(number);
					untimed.add(System.nanoTime() - ran);
				}
				return null;
			}));
		}
		ready.await();
		long begun = System.nanoTime();
		start.countDown();
		for (Future<?> end : ends) {
			end.get();
		}
		double timed = System.nanoTime() - begun - untimed.sum() / (double) this.threads;
		return timed / 1e3 / ((double) runsOfThread * this.threads);
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
