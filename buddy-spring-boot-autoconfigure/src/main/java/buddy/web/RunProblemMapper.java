package buddy.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import org.springframework.util.ClassUtils;

/**
 * Maps an exception of the application that made a run fail to an HTTP status and problem
 * detail, instead of 500. Beans of this type are called in their order.
 */
@FunctionalInterface
public interface RunProblemMapper {

	/**
	 * Returns the problem detail for a run that failed.
	 * @param run the run; when a client repeats its request with the same idempotency
	 * key, this method is called again without the exception itself
	 * @return the problem detail, or {@code null} if this mapper does not apply
	 */
	@Nullable ProblemDetail problem(FailedRun run);

	/**
	 * A run that failed.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param type the class name of the exception, or {@code null}
	 * @param message the exception's message, or {@code null}
	 * @param exception the exception, or {@code null} if only its record is available
	 */
	record FailedRun(String runId, String workflowId, @Nullable String type, @Nullable String message,
			@Nullable Throwable exception) {

		/**
		 * Returns whether the run failed with an exception of a class or its subclasses.
		 * This also works if only the record of the exception is available.
		 * @param exceptionType the class
		 * @return whether the exception is of this class
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
