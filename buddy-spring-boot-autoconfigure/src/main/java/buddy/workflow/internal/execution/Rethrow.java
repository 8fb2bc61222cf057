package buddy.workflow.internal.execution;

/**
 * Throws what a body threw as it is, where the caller's signature declares nothing.
 */
public final class Rethrow {

	private Rethrow() {
	}

	@SuppressWarnings("unchecked") // erased: nothing is cast at run time
	public static <X extends Throwable> RuntimeException raise(Throwable failure) throws X {
		throw (X) failure;
	}

}
