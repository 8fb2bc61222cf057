package buddy.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import org.springframework.util.ClassUtils;

/**
 * Tells with which HTTP status and problem detail a client is answered whose run failed
 * by an exception of the application, instead of 500. Beans of this type are asked in
 * their order.
 */
@FunctionalInterface
public interface RunProblemMapper {

	/**
	 * Returns the answer for a run that failed.
	 * @param run the run; it is asked for again, without the exception itself, when a
	 * client repeats its request with the same idempotency key
	 * @return the problem, or {@code null} for what this mapper does not know
	 */
	@Nullable ProblemDetail problem(FailedRun run);

	/**
	 * A run that failed.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param type the class name of the exception, or {@code null}
	 * @param message the exception's message, or {@code null}
	 * @param exception the exception, or {@code null} where only its record is at hand
	 */
	record FailedRun(String runId, String workflowId, @Nullable String type, @Nullable String message,
			@Nullable Throwable exception) {

		/**
		 * Tells whether the run failed by an exception of a class or its subclasses, also
		 * where only the record of the exception is at hand.
		 * @param exceptionType the class
		 * @return whether it did
		 */
		public boolean isCausedBy(Class<? extends Throwable> exceptionType) {
			if (this.exception != null) {
				return exceptionType.isInstance(this.exception);
			}
			if (this.type == null || !ClassUtils.isPresent(this.type, exceptionType.getClassLoader())) {
				return false;
			}
			return exceptionType
				.isAssignableFrom(ClassUtils.resolveClassName(this.type, exceptionType.getClassLoader()));
		}

	}

}
