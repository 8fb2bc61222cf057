package buddy.engine.dbscheduler;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Thread pools that are never interrupted: an interrupt during file I/O could close an H2
 * database for all connections.
 */
final class QuietThreads {

	private QuietThreads() {
	}

	/**
	 * Creates a pool.
	 * @param name the beginning of the names of its threads
	 * @param threads the number of threads
	 * @param stopping is called when the pool should be interrupted
	 */
	static ThreadPoolExecutor pool(String name, int threads, Runnable stopping) {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), daemons(name)) {

			@Override
			public List<Runnable> shutdownNow() {
				shutdown();
				stopping.run();
				return List.of();
			}

		};
		pool.allowCoreThreadTimeOut(true);
		return pool;
	}

	/** Creates a pool for what is repeated. */
	static ScheduledThreadPoolExecutor repeating(String name) {
		return new ScheduledThreadPoolExecutor(2, daemons(name)) {

			@Override
			public List<Runnable> shutdownNow() {
				shutdown();
				return List.of();
			}

		};
	}

	private static CustomizableThreadFactory daemons(String name) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(name);
		threads.setDaemon(true);
		return threads;
	}

}
