package buddy.workflow.internal.live;

import java.util.concurrent.Executor;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Creates executors that start a thread for each task: a virtual thread if the JDK has
 * them, or else a daemon thread.
 */
public final class DaemonThreads {

	/** Whether virtual threads are available. */
	public static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	/** The executor for runs that wait for their turn in a session before they begin. */
	public static final Executor WAITING = named("buddy-wait-");

	private DaemonThreads() {
	}

	public static Executor named(String prefix) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(prefix);
		executor.setDaemon(true);
		executor.setVirtualThreads(VIRTUAL);
		return executor;
	}

}
