package buddy.workflow.internal.record;

/**
 * Allows writing to the store on a thread that was interrupted. A pending interrupt would
 * break the connection, and close some databases for all users.
 */
public final class WithoutInterrupt {

	private WithoutInterrupt() {
	}

	/** Runs code with the thread's interrupt cleared, and restores it afterwards. */
	public static void run(Runnable code) {
		boolean interrupted = Thread.interrupted();
		try {
			code.run();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
