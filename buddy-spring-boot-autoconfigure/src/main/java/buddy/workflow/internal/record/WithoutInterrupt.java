package buddy.workflow.internal.record;

/**
 * Writes to the store on a thread that was interrupted: an interrupt that is still
 * pending would break the connection, and close some databases for everybody.
 */
public final class WithoutInterrupt {

	private WithoutInterrupt() {
	}

	/** Runs code without the thread's interrupt, which is there again afterwards. */
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
