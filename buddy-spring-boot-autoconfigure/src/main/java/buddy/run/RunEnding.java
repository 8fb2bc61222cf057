package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * The end of a run.
 *
 * @param status the final status, or {@code null} if the run was refused: its session
 * could not be opened, so it never began
 * @param response the response, or {@code null} if the run was refused
 * @param failure why the run failed or was cancelled, or {@code null}
 * @param thrown the exception that the body, or opening the session, threw, or
 * {@code null}
 */
public record RunEnding(@Nullable RunStatus status, @Nullable RunResponse response, @Nullable RunFailure failure,
		@Nullable Throwable thrown) {

	/**
	 * Creates the end of a run that never began.
	 * @param thrown the reason
	 * @return the ending
	 */
	public static RunEnding refused(Throwable thrown) {
		return new RunEnding(null, null, null, thrown);
	}

}
