package buddy.workflow.internal.live;

import java.util.concurrent.Executor;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * A thread for each task: a virtual one where the JDK has them, else one that does not
 * keep the process alive.
 */
public final class DaemonThreads {

	/** Whether threads cost next to nothing. */
	public static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	/** For begins that wait for their turn in a session. */
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
