package testkit;

import org.junit.jupiter.api.Assumptions;

/**
 * What to do where a machine lacks what a test needs: skip it with the reason, or, in CI,
 * fail.
 */
public final class Missing {

	private Missing() {
	}

	/**
	 * Makes the exception for a test that cannot run here.
	 * @param reason what is missing, and how to get it
	 * @param cause why, or {@code null}
	 * @return the exception to throw, in CI; elsewhere the test is aborted here
	 */
	public static RuntimeException on(String reason, Throwable cause) {
		if ("true".equalsIgnoreCase(System.getenv("CI"))) {
			return new IllegalStateException("In CI this must run, but " + reason, cause);
		}
		return Assumptions.abort(reason);
	}

}
